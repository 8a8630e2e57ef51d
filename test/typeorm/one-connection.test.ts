import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type DataSource, type DataSourceOptions } from 'typeorm'
import { idle, whileTimeFlies } from '../support/passing-time.js'
import { pglite } from '../support/typeorm-drivers.js'
import type { TypeOrmDatabase } from '../support/typeorm-rows.js'
import { createTables, databaseServers, newDataSource, tableName } from './support/data-sources.js'
import { expectRejection } from './support/expect-error.js'
import { managerOf } from './support/manager.js'
import { Note, note, rollBack } from './support/notes.js'

const poolsOfOne = databaseServers.flatMap(({ connection, name, ...database }): TypeOrmDatabase[] =>
  [{ poolSize: 1 }, { extra: database.server === 'postgres' ? { max: 1 } : { connectionLimit: 1 } }].map((pool) => ({
    ...database,
    name: `${name}, ${JSON.stringify(pool)}`,
    connection: (options) => ({ ...connection(options), ...pool }) as DataSourceOptions,
  })),
)

/** A data source with sessions: one to change, and one to end. */
async function opened(database: TypeOrmDatabase) {
  const dataSource = newDataSource(database, { entities: [Note] })
  @SessionModel({ tableName: tableName('one_connection') })
  class WebSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
  }
  const manager = managerOf(registerSessionModel(dataSource, WebSession))
  await createTables(dataSource, database)
  await manager.set('changed', { userId: 1 })
  await manager.set('ended', { userId: 2 })
  const change = () =>
    Promise.all([manager.set('new', { userId: 3 }), manager.set('changed', { userId: 4 }), manager.delete('ended')])
  const users = () => Promise.all(['new', 'changed', 'ended'].map(async (id) => (await manager.get(id))?.userId))
  return { dataSource, manager, change, users }
}

const before = [undefined, 1, 2]
const after = [3, 4, undefined]

for (const database of [pglite, ...poolsOfOne]) {
  describe(`transactions of the application on the only connection (${database.name})`, function () {
    this.timeout(60_000) // PGlite takes seconds to start on a busy machine
    it('take nothing back of what other requests store', async () => {
      const { dataSource, change, users } = await opened(database)
      let changed: Promise<unknown> | undefined
      await rollBack(dataSource, async () => {
        changed = change()
        await idle()
      })
      await changed
      expect(await users()).to.deep.equal(after)
    })

    it('are not joined from inside: storing fails after five seconds, and the connection is free later', async () => {
      const { dataSource, manager, change, users } = await opened(database)
      await rollBack(dataSource, () =>
        whileTimeFlies(() => expectRejection('TRANSACTION_OPEN', manager.set('new', { userId: 3 }))),
      )
      expect(await users()).to.deep.equal(before)
      await change()
      expect(await users()).to.deep.equal(after)
    })

    it('begin although a session waits for the connection that they have already', async () => {
      const { dataSource, manager, users } = await opened(database)
      const runner = dataSource.createQueryRunner()
      await runner.connect()
      const began = Date.now()
      const stored = manager.set('new', { userId: 3 })
      await idle()
      await runner.startTransaction()
      await runner.rollbackTransaction()
      await runner.release()
      await stored
      expect(Date.now() - began).to.be.below(4000)
      expect(await users()).to.deep.equal([3, 1, 2])
    })

    it('go on beside many sessions', async () => {
      const { dataSource, manager } = await opened(database)
      const numbers = Array.from({ length: 8 }, (_, number) => number)
      let saved = Promise.resolve<unknown>(undefined)
      const works = numbers.map((number) => {
        saved = saved.then(() => dataSource.getRepository(Note).save(note(`${number}`)))
        return manager.set(`session ${number}`, { userId: number })
      })
      await Promise.all([...works, saved])
      expect(await notesIn(dataSource)).to.equal(8)
      expect(await manager.list({ userId: 7 })).to.have.length(1)
    })
  })
}

const notesIn = (dataSource: DataSource): Promise<number> => dataSource.getRepository(Note).count()
