import { expect } from 'chai'
import { type RowUpdate, SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model, type Sequelize, type SequelizeOptions, Table } from 'sequelize-typescript'
import { reachable } from '../support/matrix.js'
import { openSession } from '../support/open-session.js'
import { partitioning } from '../support/partitions.js'
import { sequelizeDatabases } from '../support/sequelize-rows.js'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'
import { expires, rowOf, updateOf } from './support/writes.js'

const postgres = await reachable(sequelizeDatabases.filter(({ server }) => server === 'postgres'))
const tableName = 'sequelize_batched'

function newModel() {
  @Table({ tableName, timestamps: true })
  @SessionModel()
  class BatchedSession extends Model {
    @Column(DataType.INTEGER) declare userId: number | null
    @Column(DataType.STRING(3)) declare short: string | null
    @Column({ type: DataType.BOOLEAN, field: 'is_admin' }) declare isAdmin: boolean | null
  }
  return BatchedSession
}

for (const partitions of [0, 4])
  describeEach(
    partitions ? `writes that go together to ${partitions} partitions` : 'writes that go together',
    (newSequelize) => {
      const statements: string[] = []

      async function open(options: SequelizeOptions = {}) {
        const sequelize = newSequelize(options)
        const Sessions = registerSessionModel(sequelize, newModel())
        await Sessions.sync({ force: true })
        for (const sql of partitions > 0 ? partitioning(tableName, partitions) : []) await sequelize.query(sql)
        const backend = Sessions[sessionBackend]()
        await backend.insert(['a', 'b', 'c'].map(rowOf))
        await backend.find(['a'])
        sequelize.options.logging = (sql) => void statements.push(sql)
        statements.length = 0
        return { sequelize, Sessions, backend }
      }

      const update = (id: string, more: Partial<RowUpdate['values']> = {}, version = 1): RowUpdate => {
        const base = updateOf(id, version)
        return { ...base, values: { ...base.values, ...more } }
      }
      const updates = () => statements.filter((sql) => sql.includes('UPDATE'))

      /** Many sessions that are open, and the log empty. */
      async function openMany(count: number, options: SequelizeOptions = {}) {
        const { Sessions, sequelize } = await open(options)
        const manager = managerOf(Sessions)
        const ids = Array.from({ length: count }, (_, n) => `session ${n}`)
        await Promise.all(ids.map((id) => manager.set(id, { userId: 1, label: 'old' })))
        const opened = await Promise.all(ids.map((id) => openSession(manager, id)))
        statements.length = 0
        return { manager, ids, opened, sequelize, Sessions }
      }

      it('are one statement, and each row gets what is its own', async () => {
        const { backend, Sessions } = await open()
        expect(backend.batchesWrites?.()).to.equal(true)
        expect(await backend.update(['a', 'b', 'c'].map((id) => update(id)))).to.deep.equal([true, true, true])
        expect(updates()).to.have.length(1)
        const found = await backend.find(['a', 'b', 'c'])
        for (const { id, data, version } of found)
          expect({ data, version }).to.deep.equal({ data: `{"of":"${id}"}`, version: 2 })
        expect(found).to.have.length(3)
        const later = new Date(expires.getTime() + 1000)
        const renewals = ['a', 'b'].map((id) => ({ id, version: 2, now: new Date(), expires: later }))
        expect(await backend.touch(renewals)).to.deep.equal([true, true])
        expect(await Sessions.count({ where: { expires: later } })).to.equal(2)
      })

      it('keep the date of the last update', async () => {
        const { backend, Sessions } = await open()
        await Sessions.sequelize?.query(`UPDATE "${tableName}" SET "updatedAt" = '2000-01-01'`)
        await backend.update([update('a'), update('b')])
        const rows = await Sessions.findAll({ order: ['id'] })
        expect(rows.map((row) => row.updatedAt.getFullYear() > 2000)).to.deep.equal([true, true, false])
      })

      it('give each row its own values, also where rows have some in common', async () => {
        const { backend } = await open()
        const later = new Date(expires.getTime() + 5000)
        const values = [{ userId: 5 }, { userId: 5, data: 'same' }, { userId: null, data: 'same' }]
        const rows = ['a', 'b', 'c'].map((id, n) => {
          const { data = '{}', userId } = values[n] as { data?: string; userId: number }
          return update(id, { columns: { userId }, data, expires: n === 1 ? later : expires })
        })
        expect(await backend.update(rows)).to.deep.equal([true, true, true])
        const found = [...(await backend.find(['a', 'b', 'c']))].sort((one, other) => (one.id < other.id ? -1 : 1))
        expect(found.map(({ data, columns }) => [data, columns.userId])).to.deep.equal([
          ['{}', 5],
          ['same', 5],
          ['same', null],
        ])
        expect(found.map((row) => row.expires)).to.deep.equal([expires, later, expires])
      })

      it('tell which rows were not as they should be, and write the others', async () => {
        const { backend } = await open()
        const late = { ...update('c'), now: new Date(expires.getTime() + 1) }
        expect(await backend.update([update('a', {}, 7), update('b'), update('none'), late])).to.deep.equal([
          null,
          true,
          null,
          null,
        ])
        expect(await backend.update([update('a', {}, 7)])).to.deep.equal([false])
        expect((await backend.find(['a']))[0]?.data).to.equal('{}')
      })

      it('do not reach ended rows that the table keeps', async () => {
        @Table({ tableName: 'sequelize_batched_paranoid', paranoid: true, underscored: true })
        @SessionModel()
        class Kept extends Model {}
        const Sessions = registerSessionModel(newSequelize(), Kept)
        await Sessions.sync({ force: true })
        const backend = Sessions[sessionBackend]()
        await backend.insert(['a', 'b'].map(rowOf))
        await backend.delete(['a'])
        expect(await backend.update([update('a'), update('b')])).to.deep.equal([null, true])
      })

      it('of another kind than the first, or with another id, are for statements of their own', async () => {
        const { backend } = await open()
        const written = await backend.update([update('a'), update('b', { columns: { userId: 1 } }), update('c')])
        expect(written).to.deep.equal([true, null, true])
        expect(updates()).to.have.length(1)
        const renamed = [update('a', { id: 'b' }), update('c', { id: 'b' })]
        expect(await backend.update(renamed)).to.deep.equal([null, null])
        expect((await backend.find(['b']))[0]?.data).to.equal('{}')
      })

      it('that the database has confirmed are told so, when the connection is lost in another statement', async () => {
        const { manager, ids, opened, sequelize } = await openMany(12)
        await loseConnectionOn(sequelize, 666)
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
        const { backend, Sessions, sequelize } = await open()
        await sequelize.transaction(async (transaction) => {
          await Sessions.findOne({ where: { id: 'a' }, lock: true, transaction, rejectOnEmpty: true })
          expect(await backend.update([update('a'), update('b')])).to.deep.equal([null, true])
          const renewal = { version: 1, now: new Date(), expires: new Date(Date.now() + 90_000) }
          const renewals = ['a', 'c'].map((id) => ({ id, ...renewal }))
          expect(await backend.touch(renewals)).to.deep.equal([null, true])
        })
      })

      it('are refused together, and then told to go alone: a value that is too long is not cut off', async () => {
        const { backend } = await open()
        const rows = [update('a', { columns: { short: 'too long' } }), update('b', { columns: { short: 'ok' } })]
        expect(await backend.update(rows)).to.deep.equal([null, null])
        expect((await backend.find(['b']))[0]?.columns.short).to.equal(null)
      })

      it('whose answer is lost are not tried again: they may have been made', async () => {
        const { backend, sequelize } = await open()
        await loseConnectionOn(sequelize, 666)
        statements.length = 0
        const columns = { userId: 666 }
        const outcome = backend.update([update('a', { columns }), update('b', { columns })])
        expect(await outcome.catch((error: unknown) => error)).to.be.an('error')
        expect(updates()).to.have.length(1)
      })

      it('of many requests are all made, with fewer statements, and each request hears of its own', async () => {
        const { manager, ids, opened } = await openMany(60)
        await manager.delete('session 7')
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

      it('of many requests are few statements, also with quoteIdentifiers: false', async () => {
        for (const quoteIdentifiers of [true, false]) {
          const { opened, manager } = await openMany(60, { quoteIdentifiers })
          await Promise.all(
            opened.map((session, n) => {
              session.writable.set('userId', n)
              return session.save()
            }),
          )
          expect(updates().length).to.be.within(2, 5)
          expect(await manager.get('session 59')).to.include({ userId: 59 })
        }
      })

      it('lose nothing when two processes write the same sessions at a time', async () => {
        const { manager, ids, sequelize } = await openMany(8)
        const Others = registerSessionModel(newSequelize(), newModel())
        const others = managerOf(Others)
        const add = async (one: typeof manager, id: string): Promise<void> => {
          const session = await openSession(one, id)
          await session.update(() => session.writable.set('n', Number(session.properties.get('n') ?? 0) + 1))
        }
        for (let round = 0; round < 5; round++) {
          await Promise.all(ids.flatMap((id) => [add(manager, id), add(others as typeof manager, id)]))
        }
        for (const id of ids) expect(await manager.get(id)).to.include({ n: 10 })
        expect(sequelize.getDialect()).to.equal('postgres')
      })
    },
    postgres,
  )

/** Ends the connection that gives a session this user. */
async function loseConnectionOn(sequelize: Sequelize, userId: number): Promise<void> {
  await sequelize.query(`CREATE OR REPLACE FUNCTION sequelize_lose_connection() RETURNS trigger AS
    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END' LANGUAGE plpgsql`)
  await sequelize.query(`CREATE TRIGGER lose AFTER UPDATE ON "${tableName}" FOR EACH ROW
    WHEN (NEW."userId" = ${userId}) EXECUTE FUNCTION sequelize_lose_connection()`)
}
