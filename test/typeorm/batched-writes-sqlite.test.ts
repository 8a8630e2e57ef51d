import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type RowUpdate, SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import {
  Column,
  type DataSource,
  type DataSourceOptions,
  type EntitySubscriberInterface,
  type InsertEvent,
  UpdateDateColumn,
} from 'typeorm'
import { openSession } from '../support/open-session.js'
import { idle } from '../support/passing-time.js'
import { type TypeOrmDatabase, typeormVersion } from '../support/typeorm-rows.js'
import { createTables, newDataSource, sqlite } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

const upperCase = { to: (value: string | null) => value?.toUpperCase() ?? null, from: (value: string | null) => value }
// TypeORM 0.3 has no JSON on SQLite.
const [json, jsonb] = typeormVersion === '1' ? (['json', 'jsonb'] as const) : (['simple-json', 'simple-json'] as const)
const asIs = { to: (value: unknown) => value, from: (value: unknown) => value }
const milliseconds = { to: (value: Date) => value.getTime(), from: (value: string) => new Date(Number(value)) }

function newModel() {
  @SessionModel({ tableName: 'batched' })
  class BatchedSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
    @Column({ type: 'bigint', nullable: true }) big!: string | number | null
    @Column({ type: 'real', nullable: true }) price!: number | null
    @Column({ type: 'varchar', nullable: true }) text!: unknown
    @Column({ type: 'blob', nullable: true }) bytes!: Buffer | null
    @Column({ type: 'boolean', name: 'is_admin', nullable: true }) isAdmin!: boolean | null
    @Column({ type: 'datetime', nullable: true }) at!: Date | null
    @Column({ type: 'simple-json', nullable: true }) simple!: unknown
    @Column({ type: 'simple-array', nullable: true }) names!: string[] | null
    @Column({ type: json, nullable: true }) tags!: unknown
    @Column({ type: jsonb, nullable: true }) tagsToo!: unknown
    @Column({ type: 'varchar', nullable: true, transformer: upperCase }) loud!: string | null
    @Column({ type: 'varchar', nullable: true, transformer: asIs }) date!: Date | null
    @UpdateDateColumn() updatedAt!: Date
  }
  return BatchedSession
}

const values: readonly Record<string, unknown>[] = [
  { userId: 5, big: '9223372036854775807', price: 1.5, text: "it's", bytes: Buffer.from([0, 255, 39]), isAdmin: true },
  { at: new Date('2026-03-29T02:30:00.123Z'), simple: { a: [null, "it's"] }, names: ['a', 'b'], tags: { a: 1 } },
  { tagsToo: { deep: [1] }, loud: 'quiet', date: new Date('2026-03-29T02:30:00.123Z'), isAdmin: false, userId: null },
  // Numbers are not given another form, in columns of text neither.
  ...[5, -1, 0.5, 2 ** 31, 2 ** 40 + 1, 1_764_000_000_000, 2 ** 53].map((text) => ({
    text,
    userId: text,
    price: text,
  })),
  ...[true, 2 ** 63, 12_345_678_901_234_567_890n % 1_000_000_007n].map((text) => ({ text, big: text })),
]

const betterSqlite3: TypeOrmDatabase = {
  name: `TypeORM ${typeormVersion}, better-sqlite3`,
  connection: () => ({ type: 'better-sqlite3', database: ':memory:' }),
}

for (const database of typeormVersion === '1' ? [sqlite] : [sqlite, betterSqlite3]) {
  describe(`TypeORM: writes that go together (${database.name})`, () => {
    const statements: string[] = []

    async function open(model: new () => object = newModel(), options: Partial<DataSourceOptions> = {}) {
      const dataSource = newDataSource(database, { logging: true, logger: quiet(statements), ...options } as object)
      const Sessions = registerSessionModel(dataSource, model)
      await createTables(dataSource, database)
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

    /** What the columns of the row hold, and in which form. */
    async function stored(dataSource: DataSource, id: string, properties: readonly string[]) {
      const { columns } = dataSource.entityMetadatas[0] as DataSource['entityMetadatas'][number]
      const names = columns.filter((column) => properties.includes(column.propertyName))
      const list = names.map(
        ({ databaseName: name }) => `"${name}" AS "${name}", typeof("${name}") AS "type of ${name}"`,
      )
      const [row] = await dataSource.query(`SELECT ${list.join()} FROM batched WHERE id = '${id}'`)
      return row
    }

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

    it('keep values in the form that TypeORM gives them, as writes that go alone do', async () => {
      const { backend, Sessions, dataSource } = await open()
      for (const [index, columns] of values.entries()) {
        const names = Object.keys(columns)
        await dataSource.createQueryBuilder().update(Sessions).set(columns).where({ id: 'a' }).execute()
        const expected = await stored(dataSource, 'a', names)
        await dataSource.query('UPDATE batched SET version = 1')
        expect(await backend.update([update('a', { columns })])).to.deep.equal([true])
        expect(await stored(dataSource, 'a', names), `alone, ${index}`).to.deep.equal(expected)
        const both = ['b', 'c'].map((id) => update(id, { columns }))
        expect(await backend.update(both)).to.deep.equal([true, true])
        expect(await stored(dataSource, 'b', names), `together, ${index}`).to.deep.equal(expected)
        expect(await stored(dataSource, 'c', names), `together, ${index}`).to.deep.equal(expected)
      }
    })

    it('that have a number which SQLite does not know fail, and only those', async () => {
      const { backend } = await open()
      const none = update('a', { columns: { userId: Number.NaN } })
      expect(await backend.update([none, update('b', { columns: { userId: 1 } })])).to.deep.equal([null, null])
      expect(await backend.update([none]).catch((error: unknown) => error)).to.be.an('error')
      expect((await backend.find(['a']))[0]).to.deep.include({ data: '{}', version: 1 })
    })

    it('keep the columns that TypeORM itself writes', async () => {
      const { backend, Sessions, dataSource } = await open()
      await dataSource.query(`UPDATE batched SET "updatedAt" = '2000-01-01 00:00:00.000'`)
      await backend.update([update('a'), update('b')])
      const found = await dataSource.getRepository(Sessions).find({ order: { id: 'ASC' } } as object)
      const years = found.map((row) => (row as unknown as { updatedAt: Date }).updatedAt.getFullYear())
      expect(years.map((year) => year > 2001)).to.deep.equal([true, true, false])
    })

    it('tell which rows were not as they should be, and write the others', async () => {
      const { backend, dataSource } = await open()
      await dataSource.query(`UPDATE batched SET expires = '2000-01-01 00:00:00.000' WHERE id = 'c'`)
      const some = [update('a', {}, 7), update('b'), update('none'), update('c'), update('none too')]
      expect(await backend.update(some)).to.deep.equal([null, true, null, null, null])
      expect(await backend.update([update('a', {}, 7)])).to.deep.equal([false])
      const datas = (await backend.find(['a', 'c'])).map(({ data }) => data)
      expect(datas).to.deep.equal(['{}', '{}'])
    })

    it('compare times as a write that goes alone does, also those that are kept as text', async () => {
      @SessionModel({ tableName: 'batched' })
      class TextTimes {
        @Column({ type: 'varchar', transformer: milliseconds }) expires!: Date
      }
      const { backend, dataSource } = await open(TextTimes)
      await dataSource.query(`UPDATE batched SET expires = '1000000000000' WHERE id <> 'b'`)
      const only = (id: string) => ({ ...update(id), values: { data: 'new' } })
      expect(await backend.update([only('a')])).to.deep.equal([false])
      expect(await backend.update([only('a'), only('b'), only('c')])).to.deep.equal([null, true, null])
    })

    it('of another kind than the first, or with another id, are for statements of their own', async () => {
      const { backend } = await open()
      const written = await backend.update([update('a'), update('b', { columns: { userId: 1 } }), update('c')])
      expect(written).to.deep.equal([true, null, true])
      expect(updates()).to.have.length(1)
      expect(await backend.update([update('a', { id: 'z' }, 2), update('b')])).to.deep.equal([null, null])
    })

    it('are refused together, and then told to go alone', async () => {
      const { backend, dataSource } = await open()
      await dataSource.query('CREATE UNIQUE INDEX one_user ON batched ("userId")')
      const columns = { userId: 1 }
      expect(await backend.update([update('a', { columns }), update('b', { columns })])).to.deep.equal([null, null])
      expect(await backend.update([update('a', { columns })])).to.deep.equal([true])
      expect((await backend.find(['b']))[0]?.columns.userId).to.equal(null)
    })

    it('are not tried again one by one where another process has locked the database: each would wait as long', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'sessions-'))
      const file = join(folder, 'a.db')
      const { backend, dataSource } = await open(newModel(), { database: file, timeout: 1 } as object)
      const other = await newDataSource(database, { database: file, synchronize: false } as object).initialize()
      await other.query('BEGIN IMMEDIATE')
      const error = await backend.update([update('a'), update('b')]).catch((error: unknown) => error)
      expect(error).to.be.an('error')
      await other.query('ROLLBACK')
      expect(await backend.update([update('a'), update('b')])).to.deep.equal([true, true])
      await other.destroy()
      await dataSource.destroy()
      rmSync(folder, { recursive: true })
    })

    it('go alone where SQLite is too old', async () => {
      const prepareDatabase = (connection: OldSqlite): void =>
        void connection.function('sqlite_version', () => '3.34.1')
      if (database.connection({ table: '' }).type !== 'better-sqlite3') return
      const { backend } = await open(newModel(), { prepareDatabase } as object)
      expect(await backend.update([update('a'), update('b')])).to.deep.equal([null, null])
      expect(updates()).to.have.length(0)
      expect(backend.batchesWrites?.()).to.equal(false)
      expect(await backend.update([update('a'), update('b')])).to.deep.equal([true, true])
      expect(updates()).to.have.length(2)
    })

    it('go alone from when somebody listens to session writes: what he writes himself does not wait', async () => {
      const { dataSource, Sessions, backend } = await open()
      const manager = managerOf(Sessions)
      await Promise.all(['first', 'second'].map((id) => manager.set(id, { userId: 1 })))
      expect(backend.batchesWrites?.()).to.equal(true)
      let insertions = 0
      const beforeInsert = async ({ manager: entities }: InsertEvent<unknown>): Promise<void> => {
        if (insertions++ > 0) return
        await entities.transaction(async () => {
          await Promise.all(['first', 'second'].map((id) => manager.set(id, { userId: 2 })))
        })
      }
      dataSource.subscribers.push({ listenTo: () => Sessions, beforeInsert } as EntitySubscriberInterface)
      expect(backend.batchesWrites?.()).to.equal(false)
      await manager.set('third', { userId: 3 })
      expect(await manager.get('second')).to.include({ userId: 2 })
    }).timeout(4000)

    it('wait for the end of a transaction, and are not part of it', async () => {
      const { Sessions, dataSource } = await open()
      const manager = managerOf(Sessions)
      const ids = Array.from({ length: 20 }, (_, n) => `session ${n}`)
      await Promise.all(ids.map((id) => manager.set(id, {})))
      const opened = await Promise.all(ids.map((id) => openSession(manager, id)))
      let saved: Promise<unknown> | undefined
      const rolledBack = dataSource.transaction(async () => {
        saved = Promise.all(opened.map(saveNumber))
        await idle()
        throw new Error('rolled back')
      })
      expect(await rolledBack.catch((error: Error) => error.message)).to.equal('rolled back')
      await saved
      const numbers = await Promise.all(ids.map(async (id) => (await manager.get(id))?.n))
      expect(numbers).to.deep.equal(ids.map((_, n) => n))
    })

    it('of many requests are few statements', async () => {
      const { Sessions } = await open()
      const manager = managerOf(Sessions)
      const ids = Array.from({ length: 60 }, (_, n) => `session ${n}`)
      await Promise.all(ids.map((id) => manager.set(id, { userId: 1 })))
      const opened = await Promise.all(ids.map((id) => openSession(manager, id)))
      statements.length = 0
      await Promise.all(opened.map(saveNumber))
      expect(updates().length).to.be.within(2, 5)
      const numbers = await Promise.all(ids.map(async (id) => (await manager.get(id))?.n))
      expect(numbers).to.deep.equal(ids.map((_, n) => n))
    })
  })
}

function saveNumber(session: Opened, n: number): Promise<void> {
  session.writable.set('n', n)
  return session.save()
}

type Opened = Awaited<ReturnType<typeof openSession>>

interface OldSqlite {
  function(name: string, run: () => unknown): void
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
