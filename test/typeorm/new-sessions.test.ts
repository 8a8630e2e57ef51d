import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type ColumnOptions } from 'typeorm'
import { openSession } from '../support/open-session.js'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'
import { defaultColumns, mutableColumns } from './support/default-columns.js'
import { managerOf } from './support/manager.js'

type Columns = Readonly<Record<string, ColumnOptions>>

interface Mutable {
  readonly prefs: Record<string, unknown>
  readonly list: unknown[]
  readonly bytes: Buffer
  readonly at: Date
}

for (const database of databases) {
  describe(`TypeORM: what a new session shows of defaults (${database.name})`, () => {
    async function open(columns: Columns) {
      @SessionModel({ tableName: tableName('new_sessions') })
      class NewSession {}
      for (const [name, options] of Object.entries(columns)) Column(options)(NewSession.prototype, name)
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, NewSession)
      await createTables(dataSource, database)
      return { dataSource, manager: managerOf(Sessions) }
    }

    it('is what the next request shows, after save() too', async () => {
      const known = defaultColumns(database)
      const { manager } = await open(known)
      const session = await openSession(manager)
      const before = session.properties.toObject()
      session.properties.set('note', 1)
      await session.save()
      const after = session.properties.toObject()
      const next = (await openSession(manager, session.id)).properties.toObject()
      const wrong = Object.keys(known).filter(
        (name) =>
          isMissing(name, before[name]) ||
          !isDeepStrictEqual(before[name], after[name]) ||
          !isDeepStrictEqual(after[name], next[name]),
      )
      expect(wrong.map((name) => ({ name, before: before[name], after: after[name], next: next[name] }))).to.deep.equal(
        [],
      )
    })

    it('is a copy for each session, and what is changed inside of it is stored', async () => {
      const { manager } = await open(mutableColumns(database))
      const session = await openSession(manager)
      const { prefs, list, bytes, at } = session.properties.toObject() as unknown as Mutable
      prefs.theme = 'dark'
      list.push('mine')
      bytes[0] = 7
      at.setTime(172_800_000)
      await session.save()
      bytes[1] = 8
      await session.save()
      const again = await openSession(manager, session.id)
      ;(again.properties.get('bytes') as Buffer)[1] = 9
      await again.save()
      const next = (await openSession(manager, session.id)).properties.toObject()
      expect(next).to.deep.equal({
        prefs: { theme: 'dark' },
        list: ['mine'],
        bytes: Buffer.from([7, 9]),
        at: new Date(172_800_000),
      })
      const other = (await openSession(manager)).properties.toObject()
      expect(other).to.deep.equal({
        prefs: {},
        list: [],
        bytes: Buffer.from([0, 255]),
        at: database.server ? new Date(1970, 0, 2) : new Date(86_400_000),
      })
    })

    it('is the time of the clock that decides, and a value of its own for each session', async () => {
      const now = Date.UTC(2020, 0, 31, 10, 20, 30)
      const type = database.server === 'postgres' ? 'timestamptz' : 'datetime'
      @SessionModel({ tableName: tableName('new_sessions'), now: () => now })
      class NewSession {
        @Column({ type, default: () => 'CURRENT_TIMESTAMP' }) since!: Date
        @Column({ type: 'varchar', length: 36, nullable: true }) token: string | null = randomUUID()
        @Column({ type: 'numeric', precision: 10, scale: 2, nullable: true }) price: unknown = 1
      }
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, NewSession)
      await createTables(dataSource, database)
      const manager = managerOf(Sessions)
      const sessions = [await openSession(manager), await openSession(manager)]
      for (const session of sessions) {
        const before = session.properties.toObject()
        expect(before.since).to.deep.equal(new Date(now))
        session.properties.set('note', 1)
        await session.save()
        expect((await openSession(manager, session.id)).properties.toObject()).to.deep.equal({ ...before, note: 1 })
      }
      const [first, second] = sessions.map((session) => session.properties.get('token'))
      expect(first).not.to.equal(second)
    })
  })
}

/** Columns without a default are called `nothing`. */
function isMissing(name: string, value: unknown): boolean {
  return value === undefined || (value === null && !name.startsWith('nothing'))
}
