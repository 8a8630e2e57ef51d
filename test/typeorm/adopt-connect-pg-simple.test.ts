import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column } from 'typeorm'
import { connectPgSimple } from '../support/old-stores.js'
import { databases, newDataSource, pendingStatements, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

const [database] = databases.filter(({ server }) => server === 'postgres')
const inAnHour = { cookie: { originalMaxAge: 3_600_000, expires: new Date(Date.now() + 3_600_000) }, userId: 7 }

async function adopt(table: string, type: 'json' | 'jsonb', column: string | undefined) {
  @SessionModel({
    tableName: table,
    columns: {
      id: { name: 'sid', type: 'varchar' },
      data: { name: 'sess', type },
      expires: { name: 'expire', type: 'timestamp' },
      createdAt: false,
      version: false,
    },
  })
  class Plain {}
  @SessionModel({
    tableName: table,
    columns: {
      id: { name: 'sid', type: 'varchar' },
      expires: { name: 'expire', type: 'timestamp' },
      createdAt: false,
      version: false,
    },
  })
  class Declared {
    @Column({ name: 'sess', type }) data!: object
  }
  const dataSource = newDataSource(database as NonNullable<typeof database>, { synchronize: false })
  const Sessions = registerSessionModel(dataSource, column ? Declared : Plain)
  await dataSource.initialize()
  return { dataSource, Sessions }
}

if (database) {
  describe('TypeORM: the table of connect-pg-simple', () => {
    for (const type of ['json', 'jsonb'] as const) {
      for (const column of [undefined, 'declared']) {
        it(`is adopted with its rows (${type}${column ? ', a column of the model' : ''})`, async () => {
          const table = tableName(`pg_simple_${type}`)
          const old = await connectPgSimple(table, type)
          await old.set('alive', inAnHour)
          const { dataSource, Sessions } = await adopt(table, type, column)
          const manager = managerOf(Sessions, { hashIds: false })
          expect(await manager.get('alive')).to.deep.include({ userId: 7 })
          const statements = await pendingStatements(dataSource)
          expect(statements.filter((sql) => /"sess"/.test(sql))).to.deep.equal([])

          await manager.set('alive', { userId: 8, cookie: inAnHour.cookie })
          expect(await old.get('alive')).to.deep.include({ userId: 8 })
          const { id } = await manager.create({ userId: 9 }, { maxAge: '1h' })
          await Promise.all([manager.set(id, { n: 1 }), manager.set('alive', { n: 2 })])
          expect(await manager.get(id)).to.deep.equal({ n: 1 })
          const [row] = await dataSource.query(
            `SELECT sess->'$session'->>'maxAge' AS age FROM "${table}" WHERE sid = '${id}'`,
          )
          expect(row.age).to.equal('3600000')
          expect(await dataSource.getRepository(Sessions).findOneBy({ id: 'alive' })).to.deep.include({
            data: { n: 2 },
          })
          expect((await manager.list({ id: 'alive' })).length).to.equal(1)
        })
      }
    }

    it('keeps numbers that JavaScript cannot hold, and encrypts', async () => {
      const table = tableName('pg_simple_exact')
      const old = await connectPgSimple(table, 'jsonb')
      await old.set('exact', inAnHour)
      const { dataSource, Sessions } = await adopt(table, 'jsonb', undefined)
      await dataSource.query(`UPDATE "${table}" SET sess = sess || '{"big": 12345678901234567890}'`)
      const manager = managerOf(Sessions, { hashIds: false })
      const session = await manager.store.load('exact')
      await session?.write({ ...session.properties, other: 1 })
      const text = `SELECT sess->>'big' AS big, sess->>'other' AS other FROM "${table}"`
      expect(await dataSource.query(text)).to.deep.equal([{ big: '12345678901234567890', other: '1' }])

      const secret = managerOf(Sessions, { encryptionKeys: ['0'.repeat(64)], hashIds: false })
      const { id } = await secret.create({ name: '\u0000\ud800' })
      expect(await secret.get(id)).to.deep.equal({ name: '\u0000\ud800' })
      await manager.set('nul', { name: '\u0000' })
      expect(await manager.get('nul')).to.deep.equal({ name: '\u0000' })
    })
  })
}
