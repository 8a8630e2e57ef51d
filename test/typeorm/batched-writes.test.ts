import { expect } from 'chai'
import { type RowUpdate, SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type DataSource, UpdateDateColumn } from 'typeorm'
import { openSession } from '../support/open-session.js'
import { partitioning } from '../support/partitions.js'
import { idle } from '../support/passing-time.js'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

const upperCase = { to: (value: string | null) => value?.toUpperCase() ?? null, from: (value: string | null) => value }

function newModel() {
  @SessionModel({ tableName: tableName('batched') })
  class BatchedSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
    @Column({ type: 'varchar', length: 3, nullable: true }) short!: string | null
    @Column({ type: 'char', length: 5, nullable: true }) padded!: string | null
    @Column({ type: 'numeric', precision: 10, scale: 2, nullable: true }) price!: string | null
    @Column({ type: 'jsonb', nullable: true }) tags!: unknown
    @Column({ type: 'text', array: true, nullable: true }) names!: string[] | null
    @Column({ type: 'enum', enum: ['red', 'blue'], nullable: true }) color!: string | null
    @Column({ type: 'bytea', nullable: true }) bytes!: Buffer | null
    @Column({ type: 'timestamp', nullable: true }) at!: Date | null
    @Column({ type: 'boolean', name: 'is_admin', nullable: true }) isAdmin!: boolean | null
    @Column({ type: 'simple-json', nullable: true }) simple!: unknown
    @Column({ type: 'varchar', nullable: true, transformer: upperCase }) loud!: string | null
    @UpdateDateColumn() updatedAt!: Date
  }
  return BatchedSession
}

const values = [
  { userId: 1, short: 'abc', padded: 'x', price: '1.50', tags: { a: [1, "it's"] }, names: ['a"b', 'c,d', '{}'] },
  { color: 'blue', bytes: Buffer.from([0, 255, 39]), at: new Date('2026-03-29T02:30:00.123Z'), isAdmin: false },
  { simple: { deep: [null] }, loud: 'quiet', userId: null },
]

const postgres = databases.filter(({ server }) => server === 'postgres')

const tables = postgres.flatMap((database) => [
  { database, title: database.name, partitions: 0 },
  { database, title: `${database.name}, 4 partitions`, partitions: 4 },
])

for (const { database, title, partitions } of tables) {
  describe(`TypeORM: writes that go together (${title})`, () => {
    const statements: string[] = []

    async function open() {
      const dataSource = newDataSource(database, { logger: quiet(statements) })
      const Sessions = registerSessionModel(dataSource, newModel())
      await createTables(dataSource, database)
      await divide(dataSource, tableName('batched'), partitions)
      const backend = Sessions[sessionBackend]()
      const rows = ['a', 'b', 'c'].map((id) => ({
        id,
        data: '{}',
        expires: new Date(Date.now() + 60_000),
        createdAt: new Date(),
        version: 1,
        columns: {},
      }))
      await backend.insert(rows)
      await backend.find(['a'])
      statements.length = 0
      return { dataSource, Sessions, backend }
    }

    const update = (id: string, more: Partial<RowUpdate['values']> = {}, version = 1): RowUpdate => ({
      id,
      version,
      now: new Date(),
      values: { data: `{"of":"${id}"}`, expires: new Date(Date.now() + 120_000), version: version + 1, ...more },
    })

    const updates = () => statements.filter((sql) => sql.includes('UPDATE'))

    it('are one statement, and each row gets what is its own', async () => {
      const { backend } = await open()
      expect(backend.batchesWrites?.()).to.equal(true)
      expect(await backend.update(['a', 'b', 'c'].map((id) => update(id)))).to.deep.equal([true, true, true])
      expect(updates()).to.have.length(1)
      const found = await backend.find(['a', 'b', 'c'])
      for (const { id, data, version } of found)
        expect({ data, version }).to.deep.equal({ data: `{"of":"${id}"}`, version: 2 })
      expect(found).to.have.length(3)
    })

    it('keep the values of columns of every type, as writes that go alone do', async () => {
      const { backend, Sessions, dataSource } = await open()
      const columnsOf = async (id: string) => (await backend.find([id]))[0]?.columns
      for (const columns of values) {
        const next = await versionOf(dataSource, Sessions)
        expect(await backend.update([update('a', { columns }, next)])).to.deep.equal([true])
        const both = ['b', 'c'].map((id) => update(id, { columns }, next))
        expect(await backend.update(both)).to.deep.equal([true, true])
        const alone = await columnsOf('a')
        expect(await columnsOf('b')).to.deep.equal(alone)
        expect(await columnsOf('c')).to.deep.equal(alone)
      }
      expect(await columnsOf('b')).to.deep.include({ short: 'abc', isAdmin: false, loud: 'QUIET', color: 'blue' })
    })

    it('keep the columns that TypeORM itself writes', async () => {
      const { backend, Sessions, dataSource } = await open()
      const touched = () => dataSource.getRepository(Sessions).find({ order: { id: 'ASC' } })
      await dataSource.query(`UPDATE "${tableName('batched')}" SET "updatedAt" = '2000-01-01'`)
      await backend.update([update('a'), update('b')])
      expect((await touched()).map((row) => row.updatedAt.getFullYear() > 2000)).to.deep.equal([true, true, false])
    })

    it('tell which rows were not as they should be, and write the others', async () => {
      const { backend } = await open()
      expect(await backend.update([update('a', {}, 7), update('b'), update('none')])).to.deep.equal([null, true, null])
      expect(await backend.update([update('a', {}, 7)])).to.deep.equal([false])
      expect((await backend.find(['a']))[0]?.data).to.equal('{}')
    })

    it('of another kind than the first, or with another id, are for statements of their own', async () => {
      const { backend } = await open()
      const written = await backend.update([update('a'), update('b', { columns: { userId: 1 } }), update('c')])
      expect(written).to.deep.equal([true, null, true])
      expect(updates()).to.have.length(1)
      expect(await backend.update([update('a', { id: 'z' }, 2), update('b')])).to.deep.equal([null, null])
    })

    it('go together also on a table whose columns have names like those of the statement', async () => {
      @SessionModel({ tableName: tableName('batched_names'), columns: { id: 'session_id', version: 'n' } })
      class Named {
        @Column({ type: 'integer', nullable: true }) p0!: number | null
      }
      const dataSource = newDataSource(database, { logger: quiet(statements) })
      const Sessions = registerSessionModel(dataSource, Named)
      await createTables(dataSource, database)
      await divide(dataSource, tableName('batched_names'), partitions, 'session_id')
      const manager = managerOf(Sessions)
      const ids = Array.from({ length: 20 }, (_, n) => `session ${n}`)
      await Promise.all(ids.map((id) => manager.set(id, { p0: 1 })))
      const opened = await Promise.all(ids.map((id) => openSession(manager, id)))
      statements.length = 0
      await Promise.all(
        opened.map((session, n) => {
          session.writable.set('p0', n)
          return session.save()
        }),
      )
      expect(updates().length).to.be.within(2, 4)
      expect(await manager.get('session 19')).to.include({ p0: 19 })
    })

    it('that the database has confirmed are told so, when the connection is lost in another statement', async () => {
      const { Sessions, dataSource } = await open()
      const manager = managerOf(Sessions)
      await loseConnectionOn(dataSource, 666)
      const ids = Array.from({ length: 12 }, (_, n) => `session ${n}`)
      await Promise.all(ids.map((id) => manager.set(id, { label: 'old' })))
      const opened = await Promise.all(ids.map((id) => openSession(manager, id)))
      const errors: unknown[] = []
      await Promise.all(
        opened.map((session, n) => {
          if (n === 8) session.writable.set('userId', 666)
          session.writable.set('label', 'new')
          return session.save().catch((error) => errors.push(error))
        }),
      )
      expect(errors).to.have.length(1)
      const stored = await Promise.all(ids.map(async (id) => (await manager.get(id))?.label))
      expect(stored).to.deep.equal(ids.map((_, n) => (n === 8 ? 'old' : 'new')))
    })

    it('wait for no lock: the others are written, and the locked row is told apart', async () => {
      const { backend, Sessions, dataSource } = await open()
      const lock = { where: { id: 'a' }, lock: { mode: 'pessimistic_write' } } as const
      await dataSource.transaction(async (entities) => {
        await entities.findOneOrFail(Sessions, lock)
        expect(await backend.update([update('a'), update('b')])).to.deep.equal([null, true])
        const renewal = { version: 1, now: new Date(), expires: new Date(Date.now() + 90_000) }
        expect(
          await backend.touch([
            { id: 'a', ...renewal },
            { id: 'c', ...renewal },
          ]),
        ).to.deep.equal([null, true])
      })
    })

    it('look at the guard of a row again, where somebody has changed it since the statement began', async () => {
      const { backend, dataSource } = await open()
      await fill(dataSource) // else the database would look at all rows before it writes one
      await waitForLockOn(dataSource, 777)
      const held = dataSource.createQueryRunner()
      await held.query('SELECT pg_advisory_lock(777)')
      const columns = { userId: 777 }
      const written = backend.update([update('a', { columns }), update('b', { columns: { userId: 1 } })])
      while (!(await isSomebodyWaiting(dataSource, 777))) await idle()
      await dataSource.query(`UPDATE "${tableName('batched')}" SET version = 9 WHERE id = 'b'`)
      await held.query('SELECT pg_advisory_unlock(777)')
      await held.release()
      expect(await written).to.deep.equal([true, null])
      expect((await backend.find(['b']))[0]).to.deep.include({ version: 9, data: '{}' })
    })

    if (partitions === 0)
      it('send a value once that rows after each other have in common', async () => {
        const { backend, Sessions, dataSource } = await open()
        const common = { now: new Date(), expires: new Date(Date.now() + 90_000) }
        const touch = (id: string, expires = common.expires) => ({ id, version: 1, now: new Date(common.now), expires })
        const later = new Date(Date.now() + 99_000)
        const copy = new Date(common.expires)
        expect(await backend.touch([touch('a'), touch('b', copy), touch('c', later)])).to.deep.equal([true, true, true])
        expect(updates()[0]?.match(/\$\d+/g)?.length).to.equal(12)
        expect(new Set(updates()[0]?.match(/\$\d+/g)).size).to.equal(7)
        const found = await dataSource.getRepository(Sessions).find({ order: { id: 'ASC' } })
        expect(found.map(({ expires }) => expires)).to.deep.equal([common.expires, common.expires, later])
      })

    it('are refused together, and then told to go alone: a value that is too long is not cut off', async () => {
      const { backend } = await open()
      const columns = { short: 'too long' }
      expect(await backend.update([update('a', { columns }), update('b', { columns: { short: 'ok' } })])).to.deep.equal(
        [null, null],
      )
      expect((await backend.find(['b']))[0]?.columns.short).to.equal(null)
    })

    it('whose answer is lost are not tried again: they may have been made', async () => {
      const { backend, dataSource } = await open()
      await loseConnectionOn(dataSource, 666)
      statements.length = 0
      const columns = { userId: 666 }
      const outcome = backend.update([update('a', { columns }), update('b', { columns })])
      expect(await outcome.catch((error: unknown) => error)).to.be.an('error')
      expect(updates()).to.have.length(1)
    })

    it('of many requests are all made, with fewer statements, and each request hears of its own', async () => {
      const { Sessions } = await open()
      const manager = managerOf(Sessions)
      const ids = Array.from({ length: 60 }, (_, n) => `session ${n}`)
      await Promise.all(ids.map((id) => manager.set(id, { userId: 1 })))
      const opened = await Promise.all(ids.map((id) => openSession(manager, id)))
      await manager.delete('session 7')
      statements.length = 0
      const outcomes = await Promise.allSettled(
        opened.map(async (session, n) => {
          session.writable.set('n', n)
          session.writable.set('short', n === 8 ? 'much too long' : 'ok')
          await session.save()
        }),
      )
      const failed = outcomes.flatMap(({ status }, n) => (status === 'rejected' ? n : []))
      expect(failed).to.deep.equal([7, 8])
      expect(updates().length).to.be.below(70)
      const stored = await Promise.all(ids.map((id) => manager.get(id)))
      for (const [n, properties] of stored.entries()) {
        if (n !== 7) expect(properties).to.include(n === 8 ? { userId: 1 } : { n, short: 'ok' })
      }
      expect(stored[7]).to.equal(undefined)
    })

    it('of many requests are few statements', async () => {
      const { Sessions } = await open()
      const manager = managerOf(Sessions)
      const ids = Array.from({ length: 60 }, (_, n) => `session ${n}`)
      await Promise.all(ids.map((id) => manager.set(id, { userId: 1 })))
      const opened = await Promise.all(ids.map((id) => openSession(manager, id)))
      statements.length = 0
      await Promise.all(
        opened.map((session, n) => {
          session.writable.set('n', n)
          return session.save()
        }),
      )
      expect(updates().length).to.be.within(2, 5)
    })
  })
}

async function divide(dataSource: DataSource, table: string, partitions: number, key = 'id'): Promise<void> {
  for (const sql of partitions > 0 ? partitioning(table, partitions, key) : []) await dataSource.query(sql)
}

/** Ends the connection that gives a session this user. */
async function loseConnectionOn(dataSource: DataSource, userId: number): Promise<void> {
  await dataSource.query(`CREATE OR REPLACE FUNCTION lose_connection() RETURNS trigger AS
    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END' LANGUAGE plpgsql`)
  await dataSource.query(`CREATE TRIGGER lose AFTER UPDATE ON "${tableName('batched')}" FOR EACH ROW
    WHEN (NEW."userId" = ${userId}) EXECUTE FUNCTION lose_connection()`)
}

async function fill(dataSource: DataSource): Promise<void> {
  const table = tableName('batched')
  await dataSource.query(`INSERT INTO "${table}" (id, data, expires, "createdAt")
    SELECT 'other ' || n, '{}', now(), now() FROM generate_series(1, 5000) AS others(n)`)
  await dataSource.query(`ANALYZE "${table}"`)
}

/** Has a statement that gives a session this user wait for the advisory lock of that number. */
async function waitForLockOn(dataSource: DataSource, userId: number): Promise<void> {
  await dataSource.query(`CREATE OR REPLACE FUNCTION wait_for_lock() RETURNS trigger AS
    'BEGIN PERFORM pg_advisory_xact_lock(NEW."userId"); RETURN NEW; END' LANGUAGE plpgsql`)
  await dataSource.query(`CREATE TRIGGER wait BEFORE UPDATE ON "${tableName('batched')}" FOR EACH ROW
    WHEN (NEW."userId" = ${userId}) EXECUTE FUNCTION wait_for_lock()`)
}

async function isSomebodyWaiting(dataSource: DataSource, lock: number): Promise<boolean> {
  const sql = `SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database AND datname = current_database()
    WHERE locktype = 'advisory' AND objid = ${lock} AND NOT granted`
  return (await dataSource.query(sql)).length > 0
}

/** Notes the statements. */
function quiet(statements: string[]) {
  const noLog = () => {}
  return {
    logQuery: (sql: string) => statements.push(sql),
    logQueryError: noLog,
    logQuerySlow: noLog,
    logSchemaBuild: noLog,
    logMigration: noLog,
    log: noLog,
  }
}

async function versionOf(dataSource: DataSource, entity: new () => object): Promise<number> {
  const row = await dataSource.getRepository(entity).findOneByOrFail({ id: 'a' } as never)
  return (row as { version: number }).version
}
