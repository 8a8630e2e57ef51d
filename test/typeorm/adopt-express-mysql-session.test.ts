import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { LessThan } from 'typeorm'
import { expressMysqlSession } from '../support/old-stores.js'
import { createTables, databases, newDataSource, pendingStatements, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

const hour = 3_600_000

function newModel(table: string) {
  @SessionModel({
    tableName: table,
    columns: {
      id: { name: 'session_id' },
      data: { type: 'mediumtext' },
      expires: { unit: 'seconds' },
      createdAt: false,
      version: false,
    },
  })
  class WebSession {}
  return WebSession
}

for (const database of databases.filter(({ server }) => server === 'mariadb')) {
  describe('TypeORM: the table of express-mysql-session', () => {
    it('is adopted with its rows', async () => {
      const table = tableName('express_mysql')
      const old = await expressMysqlSession(table)
      await old.set('alive', { cookie: { originalMaxAge: hour, expires: new Date(Date.now() + hour) }, userId: 7 })
      await old.set('dead', { cookie: { expires: new Date(Date.now() - 1000) } })
      const dataSource = newDataSource(database, { synchronize: false })
      const Sessions = registerSessionModel(dataSource, newModel(table))
      await dataSource.initialize()
      const manager = managerOf(Sessions, { hashIds: false, maxAge: hour })
      expect(await manager.get('alive')).to.deep.include({ userId: 7 })
      expect(await manager.get('dead')).to.equal(undefined)
      await manager.set('alive', { userId: 8 })
      expect(await old.get('alive')).to.deep.include({ userId: 8 })
      const [{ expires }] = await dataSource.query(`SELECT expires FROM \`${table}\` WHERE session_id = 'alive'`)
      expect(Number(expires)).to.be.within(Date.now() / 1000 + 3500, Date.now() / 1000 + 3600)
      expect(await manager.deleteExpired()).to.equal(1)
    })
  })
}

for (const database of databases) {
  describe(`TypeORM: an expiry in seconds (${database.name})`, () => {
    it('ends a session in its second, and is a date on the row', async () => {
      let now = Math.floor(Date.now() / 1000) * 1000
      @SessionModel({
        tableName: tableName('seconds'),
        columns: { expires: { unit: 'seconds' }, createdAt: { unit: 'seconds', type: 'bigint' } },
        now: () => now,
      })
      class WebSession {
        readonly expires!: Date
      }
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, WebSession)
      await createTables(dataSource, database)
      expect(await pendingStatements(dataSource)).to.deep.equal([])
      const manager = managerOf(Sessions, { maxAge: 10_500, rolling: false })
      const { id } = await manager.create({ n: 1 })
      const rows = dataSource.getRepository(Sessions)
      expect((await rows.findOneByOrFail({})).expires).to.deep.equal(new Date(now + 10_000))
      now += 9_999
      expect(await manager.get(id)).to.deep.equal({ n: 1 })
      expect(await rows.countBy(Sessions.active)).to.equal(1)
      expect(await rows.countBy({ expires: LessThan(new Date(now + 5000)) })).to.equal(1)
      now += 1
      expect(await manager.get(id)).to.equal(undefined)
      expect(await rows.countBy(Sessions.expired)).to.equal(1)
      expect(await manager.deleteExpired()).to.equal(1)
    })
  })
}
