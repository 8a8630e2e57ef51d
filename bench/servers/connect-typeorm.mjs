import connectTypeOrm from 'connect-typeorm'
import { DataSource, EntitySchema } from 'typeorm'
import { typeOrmOptions } from '../databases.mjs'
import { expressSession } from './express-session.mjs'

/** The entity of its README. */
const entity = new EntitySchema({
  name: 'bench_connect_typeorm',
  columns: {
    id: { type: 'varchar', length: 255, primary: true },
    expiredAt: { type: 'bigint' },
    json: { type: 'text' },
    destroyedAt: { type: 'timestamptz', deleteDate: true, nullable: true },
  },
  indices: [{ columns: ['expiredAt'] }],
})

export default async function makeServer() {
  const dataSource = new DataSource({ ...typeOrmOptions('postgres'), entities: [entity] })
  await dataSource.initialize()
  // As its README has it.
  const store = new connectTypeOrm.TypeormStore({ cleanupLimit: 2, limitSubquery: false, ttl: 86400 })
  return expressSession(store.connect(dataSource.getRepository(entity)))
}
