import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column } from 'typeorm'
import { createTables, databases, newDataSource, pendingStatements, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

function newModel(isSqlite: boolean) {
  @SessionModel({ tableName: tableName('column_defaults') })
  class DefaultSession {
    @Column({ type: 'varchar', length: 20, default: 'dark' }) theme!: string
    @Column({ type: 'integer', default: 0 }) visits!: number
    @Column({ type: 'boolean', default: false }) isAdmin!: boolean
    @Column({ type: 'varchar', length: 20, nullable: true, default: 'none' }) tag!: string | null
    @Column({ type: isSqlite ? 'datetime' : 'timestamp', default: () => 'CURRENT_TIMESTAMP' }) seenAt!: Date
    @Column({ type: 'varchar', length: 20, nullable: true }) language: string | null = 'en'
  }
  return DefaultSession
}

for (const database of databases) {
  describe(`TypeORM: defaults of custom columns (${database.name})`, () => {
    async function open() {
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, newModel(!database.server))
      await createTables(dataSource, database)
      return { dataSource, manager: managerOf(Sessions) }
    }

    it('are what a new session has', async () => {
      const { dataSource, manager } = await open()
      const session = await manager.open(undefined)
      const literals = { theme: 'dark', visits: 0, isAdmin: false, tag: 'none', language: 'en' }
      expect(session.properties.toObject()).to.include(literals)
      await manager.set('an id', { note: 1 })
      const stored = await manager.get('an id')
      expect(stored).to.include(literals)
      expect(stored?.seenAt).to.be.instanceOf(Date)
      expect(await pendingStatements(dataSource)).to.deep.equal([])
    })

    it('are what a removed property goes back to', async () => {
      const { manager } = await open()
      const past = new Date('2001-02-03T04:05:06Z')
      await manager.set('an id', { theme: 'light', visits: 3, isAdmin: true, tag: 'x', language: 'cs', seenAt: past })
      expect(await manager.get('an id')).to.include({ theme: 'light', visits: 3, tag: 'x', language: 'cs' })
      await manager.set('an id', { visits: 4 })
      const stored = await manager.get('an id')
      expect(stored).to.include({ theme: 'dark', visits: 4, isAdmin: false, tag: 'none', language: 'en' })
      expect(stored?.seenAt).to.be.instanceOf(Date)
      expect(stored?.seenAt).to.be.greaterThan(past)
    })

    it('give way to null where the column is nullable', async () => {
      const { manager } = await open()
      await manager.set('new', { tag: null, language: null })
      expect(await manager.get('new')).to.include({ tag: null, language: null })
    })
  })
}
