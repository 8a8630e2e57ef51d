import { DataSource, EntitySchema } from 'typeorm'
import { typeOrmOptions } from '../../databases.mjs'

/** A koa-session store on a TypeORM repository. `write` stores one entity. */
export async function typeOrmStore(tableName, write) {
  const entity = new EntitySchema({
    name: tableName,
    tableName,
    columns: {
      id: { type: 'varchar', length: 64, primary: true },
      data: { type: 'text' },
      expires: { type: 'timestamptz' },
    },
    indices: [{ columns: ['expires'] }],
  })
  const dataSource = new DataSource({ ...typeOrmOptions('postgres'), entities: [entity] })
  await dataSource.initialize()
  const repository = dataSource.getRepository(entity)
  return {
    async get(id) {
      const row = await repository.findOneBy({ id })
      return row && row.expires > new Date() ? JSON.parse(row.data) : undefined
    },
    async set(id, session, maxAge) {
      await write(repository, { id, data: JSON.stringify(session), expires: new Date(Date.now() + maxAge) })
    },
    async destroy(id) {
      await repository.delete({ id })
    },
  }
}
