import { expect } from 'chai'
import { SessionModel, type SessionModelOptions, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type ColumnOptions, type EntitySubscriberInterface, UpdateDateColumn } from 'typeorm'
import { Clock } from '../support/clock.js'
import { createTables, databases, newDataSource, pendingStatements, tableName } from './support/data-sources.js'
import { expectError } from './support/expect-error.js'
import { managerOf } from './support/manager.js'

const table = tableName('last_seen')
type Columns = NonNullable<SessionModelOptions['columns']>
type LastSeenOption = Columns['lastSeenAt']

/** A model that declares the column itself. */
function declaring(column: ColumnOptions, columns: Columns = {}) {
  @SessionModel({ tableName: table, columns })
  class WebSession {
    @Column({ nullable: true, ...column }) lastSeenAt!: Date | null
  }
  return WebSession
}

/** A model that does not declare the column. */
function modelWith(lastSeenAt: LastSeenOption) {
  @SessionModel({ tableName: table, columns: lastSeenAt === undefined ? {} : { lastSeenAt } })
  class WebSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
  }
  return WebSession
}

/** Hears of updates, so that TypeORM's own update is taken. */
class Listener implements EntitySubscriberInterface {
  beforeUpdate(): void {}
}

const addedTypes: Readonly<Record<string, readonly LastSeenOption[]>> = {
  sqlite: [true, 'last_seen', { type: 'bigint' }, { unit: 'seconds' }],
  postgres: [true, 'last_seen', { type: 'bigint' }, { type: 'timestamp' }, { unit: 'seconds', type: 'integer' }],
  mariadb: [true, 'last_seen', { type: 'datetime' }, { type: 'timestamp' }, { unit: 'seconds' }],
}

for (const database of databases) {
  const server = database.server ?? 'sqlite'

  describe(`TypeORM: the column lastSeenAt (${database.name})`, () => {
    for (const subscribers of [[], [Listener]]) {
      for (const option of addedTypes[server] ?? []) {
        const way = subscribers.length > 0 ? "the ORM's own update" : 'our statements'
        it(`is kept by ${way}: ${JSON.stringify(option)}`, async () => {
          const dataSource = newDataSource(database, { subscribers })
          const Sessions = registerSessionModel(dataSource, modelWith(option))
          await createTables(dataSource, database)
          const clock = new Clock()
          const manager = managerOf(Sessions, { now: clock.now })
          const lastSeen = async () => (await manager.list({ userId: 1 }))[0]?.lastSeenAt?.getTime()
          await manager.set('a', { userId: 1 })
          expect(await lastSeen()).to.equal(clock.now())
          clock.pass(60)
          await manager.get('a')
          expect(await lastSeen()).to.equal(clock.now())
          const row = await dataSource.getRepository(Sessions).findOneByOrFail({ userId: 1 })
          expect(row.lastSeenAt).to.deep.equal(new Date(clock.now()))
          const behind = managerOf(Sessions, { now: () => clock.now() - 9000, lastSeen: { every: 0 } })
          await behind.get('a')
          await behind.set('a', { userId: 1 })
          expect(await lastSeen()).to.equal(clock.now())
          clock.pass(10)
          await manager.set('a', { userId: 1, n: 1 })
          expect(await lastSeen()).to.equal(clock.now())
          expect(await pendingStatements(dataSource)).to.deep.equal([])
        })
      }
    }

    it('is kept in a date column that the model declares, and is no session property', async () => {
      const type = server === 'postgres' ? 'timestamptz' : 'datetime'
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, declaring({ type, precision: server === 'sqlite' ? null : 3 }))
      await createTables(dataSource, database)
      const backend = Sessions[sessionBackend]()
      expect(backend.columns.map(({ name }) => name)).to.deep.equal([])
      expect(backend.capabilities.lastSeenDates).to.equal(true)
      const clock = new Clock()
      const manager = managerOf(Sessions, { now: clock.now })
      await manager.set('a', { n: 1 })
      clock.pass(60)
      await manager.get('a')
      const row = await dataSource.getRepository(Sessions).findOneByOrFail({})
      expect(row.lastSeenAt).to.deep.equal(new Date(clock.now()))
    })

    it('is null in rows that were there before it, until they are used', async () => {
      const before = newDataSource(database)
      const Before = registerSessionModel(before, modelWith(undefined))
      await createTables(before, database)
      const clock = new Clock()
      await managerOf(Before, { now: clock.now }).set('a', { userId: 1 })
      const dataSource = server === 'sqlite' ? before : newDataSource(database)
      if (server === 'sqlite') {
        await before.query(`ALTER TABLE ${table} ADD COLUMN "lastSeenAt" datetime`)
      }
      const Sessions = registerSessionModel(dataSource, modelWith(true))
      if (server !== 'sqlite') await dataSource.initialize()
      const manager = managerOf(Sessions, { now: clock.now })
      const lastSeen = async () => (await manager.list({ userId: 1 }))[0]?.lastSeenAt
      expect(await lastSeen()).to.equal(null)
      await manager.get('a')
      expect(await lastSeen()).to.deep.equal(new Date(clock.now()))
    })
  })
}

describe('TypeORM: which column is lastSeenAt', () => {
  const register = (model: new () => object) => registerSessionModel(newDataSource(), model)
  const isKept = (model: new () => object) => register(model)[sessionBackend]().capabilities.lastSeenDates

  it('is none unless the model declares or asks for it', () => {
    expect(isKept(modelWith(undefined))).to.equal(false)
    expect(isKept(modelWith(false))).to.equal(false)
    expect(isKept(modelWith(true))).to.equal(true)
  })

  it('is not a declared column that only has its name in the database', () => {
    @SessionModel({ tableName: table })
    class WebSession {
      @Column({ type: 'datetime', nullable: true, name: 'lastSeenAt' }) noticeAt!: Date | null
    }
    const { capabilities, columns } = register(WebSession)[sessionBackend]()
    expect(capabilities.lastSeenDates).to.equal(false)
    expect(columns.map(({ name }) => name)).to.deep.equal(['noticeAt'])
  })

  it('is the declared column that the option names', () => {
    @SessionModel({ tableName: table, columns: { lastSeenAt: 'seen_at' } })
    class WebSession {
      @Column({ type: 'datetime', nullable: true, name: 'seen_at' }) seen!: Date | null
    }
    const { capabilities, columns } = register(WebSession)[sessionBackend]()
    expect(capabilities.lastSeenDates).to.equal(true)
    expect(columns).to.deep.equal([])
  })

  it('must hold a moment, be nullable, and be written by nobody else', () => {
    expectError('COLUMN_TYPE', () => register(declaring({ type: 'varchar' })))
    expectError('COLUMN_REQUIRED', () => register(declaring({ type: 'datetime', nullable: false })))
    @SessionModel({ tableName: table })
    class Moving {
      @UpdateDateColumn() lastSeenAt!: Date
    }
    expect(expectError('COLUMN_TYPE', () => register(Moving)).message).to.include('written by the ORM')
  })

  it('is reserved: a property of this name cannot be the own affair of the application', () => {
    const error = expectError('COLUMN_RESERVED', () => register(declaring({ type: 'datetime' }, { lastSeenAt: false })))
    expect(error.message).to.include('Rename the property')
  })

  for (const option of ['id', 'expires', 'createdAt'] as const) {
    it(`takes true for lastSeenAt only, not for ${option}`, () => {
      expectError('OPTION_INVALID', () => {
        @SessionModel({ columns: { [option]: true as never } })
        class WebSession {}
        return WebSession
      })
    })
  }
})
