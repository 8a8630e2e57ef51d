import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel, TypeOrmSessionBackend } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type DataSource, type EntitySubscriberInterface } from 'typeorm'
import { latch } from '../koa/support/latch.js'
import { idle, whileTimeFlies } from '../support/passing-time.js'
import { type TypeOrmDatabase, typeormVersion } from '../support/typeorm-rows.js'
import { createTables, newDataSource, sqlite } from './support/data-sources.js'
import { expectRejection } from './support/expect-error.js'
import { managerOf } from './support/manager.js'
import { Note, note, rollBack } from './support/notes.js'

/** Registers a model, and sessions to change and to end. */
async function registered(dataSource: DataSource) {
  const sessions = await unused(dataSource)
  await sessions.manager.set('changed', { userId: 1 })
  await sessions.manager.set('ended', { userId: 2 })
  return sessions
}

/** Registers a model, and does nothing with it. */
async function unused(dataSource: DataSource) {
  @SessionModel({ tableName: 'transactions' })
  class TransactionSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
  }
  const Sessions = registerSessionModel(dataSource, TransactionSession)
  await createTables(dataSource, sqlite)
  return { Sessions, manager: managerOf(Sessions) }
}

type Manager = Awaited<ReturnType<typeof unused>>['manager']

/** What another request does to its sessions. */
const change = (manager: Manager) =>
  Promise.all([manager.set('new', { userId: 3 }), manager.set('changed', { userId: 4 }), manager.delete('ended')])

const users = async (manager: Manager) =>
  Promise.all(['new', 'changed', 'ended'].map(async (id) => (await manager.get(id))?.userId))

const before = [undefined, 1, 2]
const after = [3, 4, undefined]

const betterSqlite3: TypeOrmDatabase = {
  name: `TypeORM ${typeormVersion}, better-sqlite3`,
  connection: () => ({ type: 'better-sqlite3', database: ':memory:' }),
}

for (const database of typeormVersion === '1' ? [sqlite] : [sqlite, betterSqlite3]) {
  describe(`transactions of the application on the one connection of SQLite (${database.name})`, () => {
    const open = () => newDataSource(database, { entities: [Note] })

    it('take nothing back of what other requests store, which waits for their end', async () => {
      const dataSource = open()
      const { manager } = await registered(dataSource)
      let changed: Promise<unknown> | undefined
      await rollBack(dataSource, async () => {
        changed = change(manager)
        await idle()
        expect(await users(manager)).to.deep.equal(before)
      })
      await changed
      expect(await users(manager)).to.deep.equal(after)
    })

    it('are not joined from inside: storing fails after five seconds, and nothing is stored', async () => {
      const dataSource = open()
      const { manager, Sessions } = await registered(dataSource)
      const backend = new TypeOrmSessionBackend(undefined, Sessions)
      const [row] = await backend.list({ userId: 1 }, new Date(), 1)
      if (!row) throw new Error('There is no row.')
      const { id, version, expires } = row
      const now = new Date()
      await rollBack(dataSource, () =>
        whileTimeFlies(async () => {
          await expectRejection('TRANSACTION_OPEN', manager.set('new', { userId: 3 }))
          await expectRejection('TRANSACTION_OPEN', backend.insert([{ ...row, id: 'other' }]))
          await expectRejection('TRANSACTION_OPEN', backend.update([{ id, version, now, values: { data: '{"a":1}' } }]))
          await expectRejection('TRANSACTION_OPEN', backend.touch([{ id, version, now, expires: now }]))
          await expectRejection('TRANSACTION_OPEN', backend.delete([id]))
          await expectRejection('TRANSACTION_OPEN', backend.deleteWhere({ userId: 1 }, []))
          await expectRejection('TRANSACTION_OPEN', backend.deleteExpired(new Date(expires.getTime() + 1), [id]))
          await expectRejection('TRANSACTION_OPEN', backend.deleteAll())
        }),
      )
      expect(await users(manager)).to.deep.equal(before)
      expect(await backend.find([id])).to.deep.equal([row])
      await change(manager)
      expect(await users(manager)).to.deep.equal(after)
    })

    it('count as one where they are nested', async () => {
      const dataSource = open()
      const { manager } = await registered(dataSource)
      let changed: Promise<unknown> | undefined
      await rollBack(dataSource, async () => {
        await dataSource.transaction((entities) => entities.save(note()))
        await dataSource
          .transaction(async () => {
            throw new Error('nested')
          })
          .catch(() => {})
        changed = change(manager)
        await idle()
        expect(await users(manager)).to.deep.equal(before)
      })
      await changed
      expect(await users(manager)).to.deep.equal(after)
    })

    it('count also if they are older than the first use of sessions', async () => {
      const dataSource = open()
      const { manager } = await unused(dataSource)
      let stored: Promise<unknown> | undefined
      await rollBack(dataSource, () =>
        dataSource.transaction(async () => {
          stored = manager.set('new', { userId: 3 })
          await idle()
        }),
      )
      await stored
      expect(await users(manager)).to.deep.equal([3, undefined, undefined])
    })

    it('wait for a session that is being stored, and then are as independent as ever', async () => {
      const dataSource = open()
      const { manager, Sessions } = await registered(dataSource)
      const [reached, released] = [latch(), latch()]
      listen(dataSource, Sessions, async () => {
        reached.open()
        await released.promise
      })
      const stored = manager.set('new', { userId: 3 })
      await reached.promise
      const events: string[] = []
      const works = ['first', 'second', 'third'].map((name) =>
        dataSource.transaction(async () => void events.push(name)),
      )
      const rolledBack = rollBack(dataSource, async () => void events.push('rolled back')).catch(() => {})
      await idle()
      expect(events).to.deep.equal([])
      released.open()
      await Promise.all([stored, ...works, rolledBack])
      expect(events).to.have.members(['first', 'second', 'third', 'rolled back'])
      await rollBack(dataSource, async () => {})
      expect(await users(manager)).to.deep.equal([3, 1, 2])
    })

    it('may be opened by who listens to a session that is being stored', async () => {
      const dataSource = open()
      const { manager, Sessions } = await registered(dataSource)
      listen(dataSource, Sessions, ({ manager: entities }) => entities.save(note('a new session')))
      await manager.set('new', { userId: 3 })
      expect(await dataSource.getRepository(Note).countBy({ text: 'a new session' })).to.equal(1)
      expect(await users(manager)).to.deep.equal([3, 1, 2])
    }).timeout(4000)

    it('go on beside many sessions', async () => {
      const dataSource = open()
      const { manager } = await registered(dataSource)
      const numbers = Array.from({ length: 100 }, (_, number) => number)
      let saved = Promise.resolve<unknown>(undefined)
      const work = numbers.map((number) => {
        saved = saved.then(() => dataSource.getRepository(Note).save(note(`${number}`)))
        return Promise.all([saved, manager.set(`session ${number}`, { userId: number })])
      })
      await Promise.all(work)
      expect(await dataSource.getRepository(Note).count()).to.equal(100)
      expect(await manager.list({ userId: 99 })).to.have.length(1)
    })

    it('of another data source hold no session up', async () => {
      const dataSource = open()
      await createTables(dataSource, sqlite)
      const { manager } = await registered(newDataSource(database))
      await rollBack(dataSource, () => change(manager))
      expect(await users(manager)).to.deep.equal(after)
    })

    it('hold nobody up any more when the data source was closed, and count again when it is open again', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'sessions-'))
      const dataSource = newDataSource(database, { entities: [Note], database: join(folder, 'a.db') } as object)
      const { manager } = await registered(dataSource)
      await dataSource.createQueryRunner().startTransaction()
      await dataSource.destroy()
      await dataSource.initialize()
      await manager.set('new', { userId: 5 })
      let changed: Promise<unknown> | undefined
      await rollBack(dataSource, async () => {
        changed = change(manager)
        await idle()
      })
      await changed
      expect(await users(manager)).to.deep.equal(after)
      await dataSource.destroy()
      rmSync(folder, { recursive: true })
    })

    it('hold nobody up for ever if they were rolled back behind the back of TypeORM', async () => {
      const dataSource = open()
      const { manager } = await registered(dataSource)
      await rollBack(dataSource, () => dataSource.query('ROLLBACK'))
      await whileTimeFlies(() => change(manager))
      expect(await users(manager)).to.deep.equal(after)
    })

    it('hold nobody up for ever if a subscriber keeps them from beginning', async () => {
      const dataSource = open()
      const { manager } = await registered(dataSource)
      const refuse = async (): Promise<void> => {
        throw new Error('refused')
      }
      dataSource.subscribers.push({ beforeTransactionStart: refuse })
      await dataSource.transaction(async () => {}).catch(() => {})
      await whileTimeFlies(() => change(manager))
      expect(await users(manager)).to.deep.equal(after)
    })

    it('hold nobody up if another subscriber fails at their end', async () => {
      const dataSource = open()
      const { manager } = await unused(dataSource)
      const fail = (): never => {
        throw new Error('failed')
      }
      dataSource.subscribers.push({ afterTransactionCommit: fail })
      await manager.set('changed', { userId: 1 })
      await dataSource.transaction(async () => {}).catch(() => {})
      await manager.set('new', { userId: 3 })
      expect(await users(manager)).to.deep.equal([3, 1, undefined])
    }).timeout(4000)
  })
}

/** Listens to new sessions, before they are stored. */
function listen(dataSource: DataSource, entity: object, beforeInsert: EntitySubscriberInterface['beforeInsert']) {
  dataSource.subscribers.push({ listenTo: () => entity, beforeInsert } as EntitySubscriberInterface)
}
