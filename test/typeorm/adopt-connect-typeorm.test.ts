import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, DeleteDateColumn, Entity, Index, PrimaryColumn } from 'typeorm'
import { databases, newDataSource, openNew, pendingStatements, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

const table = tableName('connect')

/** The entity that connect-typeorm's documentation tells its users to write. */
function newLegacyEntity() {
  @Entity(table)
  class Session {
    @Index() @Column('bigint') expiredAt = Date.now()
    @PrimaryColumn('varchar', { length: 255 }) id = ''
    @Column('text') json = ''
    @DeleteDateColumn() destroyedAt?: Date
  }
  return Session
}

/** The same table as a session model. */
function newAdopted() {
  @SessionModel({
    tableName: table,
    columns: {
      id: { type: 'varchar', length: 255 },
      data: { name: 'json', type: 'text' },
      expires: { name: 'expiredAt', type: 'bigint' },
      createdAt: false,
      version: false,
    },
  })
  class AdoptedSession {
    @DeleteDateColumn() destroyedAt!: Date | null
  }
  return AdoptedSession
}

for (const database of databases) {
  describe(`TypeORM: the table of connect-typeorm (${database.name})`, () => {
    it('is adopted with its rows, and the schema stays', async () => {
      const LegacySession = newLegacyEntity()
      const legacy = await openNew(database, [LegacySession])
      const rows = legacy.getRepository(LegacySession)
      const soon = Date.now() + 60_000
      await rows.insert({ id: 'alive', json: '{"cart":[1],"cookie":{"path":"/"}}', expiredAt: soon })
      await rows.insert({ id: 'dead', json: '{}', expiredAt: Date.now() - 1 })
      await rows.insert({ id: 'destroyed', json: '{}', expiredAt: soon, destroyedAt: new Date() })

      const dataSource = database.server ? newDataSource(database, { synchronize: false }) : legacy
      const Sessions = registerSessionModel(dataSource, newAdopted())
      if (!dataSource.isInitialized) await dataSource.initialize()
      const manager = managerOf(Sessions, { hashIds: false })
      expect(await manager.get('alive')).to.deep.equal({ cart: [1], cookie: { path: '/' } })
      expect(await manager.get('dead')).to.equal(undefined)
      expect(await manager.get('destroyed')).to.equal(undefined)
      if (database.server) expect(await pendingStatements(dataSource)).to.deep.equal([])

      await manager.set('alive', { cart: [1, 2] })
      const stored = await rows.findOneByOrFail({ id: 'alive' })
      expect(stored.json).to.equal('{"cart":[1,2]}')
      expect(Number(stored.expiredAt)).to.be.greaterThan(Date.now())
      await manager.delete('alive')
      expect(await rows.countBy({ id: 'alive' })).to.equal(0)
      expect(await rows.count({ where: { id: 'alive' }, withDeleted: true })).to.equal(1)
    })
  })
}
