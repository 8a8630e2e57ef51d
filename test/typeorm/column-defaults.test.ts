import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type ValueTransformer } from 'typeorm'
import { openSession } from '../support/open-session.js'
import { createTables, databases, newDataSource, pendingStatements, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

const past = new Date('2001-02-03T04:05:06Z')

class Point {
  constructor(
    readonly x: number,
    readonly y: number,
  ) {}
}

const pointTransformer: ValueTransformer = {
  to: (point: unknown) => (point instanceof Point ? `${point.x},${point.y}` : point),
  from: (text: unknown) =>
    typeof text === 'string' ? new Point(...(text.split(',').map(Number) as [number, number])) : text,
}

function newModel(isSqlite: boolean) {
  @SessionModel({ tableName: tableName('column_defaults') })
  class DefaultSession {
    @Column({ type: 'varchar', length: 20, default: 'dark' }) theme!: string
    @Column({ type: 'integer', default: 0 }) visits!: number
    @Column({ type: 'boolean', default: false }) isAdmin!: boolean
    @Column({ type: 'varchar', length: 20, nullable: true, default: 'none' }) tag!: string | null
    @Column({ type: isSqlite ? 'datetime' : 'timestamp', default: () => 'CURRENT_TIMESTAMP' }) seenAt!: Date
    @Column({ type: 'varchar', length: 20, nullable: true }) language: string | null = 'en'
    @Column({ type: 'simple-json', nullable: true }) tags: string[] | null = ['new']
    @Column({ type: 'simple-json', nullable: true }) settings: { sizes: number[] } | null = { sizes: [1] }
    @Column({ type: isSqlite ? 'datetime' : 'timestamp', nullable: true }) since: Date | null = new Date(past)
    @Column({ type: 'varchar', length: 20, nullable: true, transformer: pointTransformer }) point: Point | null =
      new Point(1, 2)
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
      const session = await openSession(manager, undefined)
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
      await manager.set('an id', { theme: 'light', visits: 3, isAdmin: true, tag: 'x', language: 'cs', seenAt: past })
      expect(await manager.get('an id')).to.include({ theme: 'light', visits: 3, tag: 'x', language: 'cs' })
      await manager.set('an id', { visits: 4 })
      const stored = await manager.get('an id')
      expect(stored).to.include({ theme: 'dark', visits: 4, isAdmin: false, tag: 'none', language: 'en' })
      expect(stored?.seenAt).to.be.instanceOf(Date)
      expect(stored?.seenAt).to.be.greaterThan(past)
    })

    it('may be what field initializers give, each session a copy of its own', async () => {
      const { manager } = await open()
      const session = await openSession(manager, undefined)
      const { tags, settings, since } = session.properties.toObject()
      expect({ tags, settings, since }).to.deep.equal({ tags: ['new'], settings: { sizes: [1] }, since: past })
      ;(tags as string[]).push('mine')
      ;(settings as { sizes: number[] }).sizes.push(2)
      await session.save()
      const other = await openSession(manager, undefined)
      expect(other.properties.get('tags')).to.deep.equal(['new'])
      expect(other.properties.get('settings')).to.deep.equal({ sizes: [1] })
      expect(await manager.get(session.id)).to.deep.include({ tags: ['new', 'mine'], settings: { sizes: [1, 2] } })
    })

    it('give way to null where a field initializer gives an object', async () => {
      const { manager } = await open()
      const nothing = { tags: null, settings: null, since: null, point: null }
      await manager.set('new', nothing)
      expect(await manager.get('new')).to.include(nothing)
      await manager.set('new', {})
      expect(await manager.get('new')).to.deep.include({ tags: ['new'], since: past })
      await manager.set('new', nothing)
      expect(await manager.get('new')).to.include(nothing)
    })

    it('give way to null where the column is nullable', async () => {
      const { manager } = await open()
      await manager.set('new', { tag: null, language: null })
      expect(await manager.get('new')).to.include({ tag: null, language: null })
    })
  })
}
