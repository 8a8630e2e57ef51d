import { expect } from 'chai'
import { SessionManager, SessionModel, type SessionModelOptions, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type ColumnOptions, type ColumnType, PrimaryColumn } from 'typeorm'
import { hashId } from '../../src/core/codec/id.js'
import { openSession } from '../support/open-session.js'
import { createTables, databases, newDataSource, pendingStatements, tableName } from './support/data-sources.js'
import { expectRefusal, expectRejection } from './support/expect-error.js'
import { managerOf } from './support/manager.js'

const table = tableName('retypes')
const noon = Date.UTC(2030, 6, 1, 12, 30, 15)

type Server = 'sqlite' | 'postgres' | 'mariadb'
const dateTypes: Readonly<Record<Server, readonly ColumnType[]>> = {
  sqlite: ['datetime', 'bigint', 'integer'],
  postgres: ['timestamptz', 'timestamp with time zone', 'bigint', 'int8'],
  mariadb: ['datetime', 'timestamp', 'bigint'],
}
const binaryTypes: Readonly<Record<Server, ColumnType>> = { sqlite: 'blob', postgres: 'bytea', mariadb: 'longblob' }

function newModel(columns: NonNullable<SessionModelOptions['columns']>) {
  @SessionModel({ tableName: table, columns, now: () => noon })
  class RetypedSession {}
  return RetypedSession
}

/** The user's own column for `expires`: seconds since 1970. */
const seconds: ColumnOptions = {
  type: 'integer',
  transformer: {
    to: (value: Date | undefined) => value && Math.floor(value.getTime() / 1000),
    from: (value: unknown) => (typeof value === 'number' ? new Date(value * 1000) : value),
  },
}

for (const database of databases) {
  const server: Server = database.server ?? 'sqlite'

  describe(`TypeORM: columns of other types (${database.name})`, () => {
    for (const type of dateTypes[server]) {
      it(`dates as ${String(type)}`, async () => {
        const dataSource = newDataSource(database)
        const Sessions = registerSessionModel(dataSource, newModel({ expires: { type }, createdAt: { type } }))
        await createTables(dataSource, database)
        const manager = managerOf(Sessions, { maxAge: '1h', now: () => noon })
        await manager.set('an id', { note: 1 })
        const row = await dataSource.getRepository(Sessions).findOneByOrFail(Sessions.active)
        expect([row.expires, row.createdAt]).to.deep.equal([new Date(noon + 3_600_000), new Date(noon)])
        expect(await managerOf(Sessions, { now: () => noon + 3_600_000 }).get('an id')).to.equal(undefined)
        expect(await managerOf(Sessions, { now: () => noon + 3_600_000 }).deleteExpired()).to.equal(1)
        expect(await pendingStatements(dataSource)).to.deep.equal([])
      })
    }

    for (const hashIds of [true, false]) {
      it(`id as characters of a fixed width, hashIds: ${hashIds}`, async () => {
        const type = server === 'sqlite' ? 'character' : 'char'
        const dataSource = newDataSource(database)
        const Sessions = registerSessionModel(dataSource, newModel({ id: { type, length: 100 } }))
        await createTables(dataSource, database)
        const manager = managerOf(Sessions, { hashIds })
        const session = await openSession(manager, undefined)
        session.properties.set('note', 1)
        await session.save()
        await manager.set(session.id, { note: 2 })
        expect((await openSession(manager, session.id)).properties.get('note')).to.equal(2)
        const [listed] = await manager.list({ id: hashIds ? hashId(session.id) : session.id })
        expect(listed?.id).to.equal(hashIds ? hashId(session.id) : session.id)
        await manager.delete(session.id)
        expect(await manager.get(session.id)).to.equal(undefined)
      })
    }

    if (database.server) {
      it('id as one character, which CHAR without a length is: ID_TOO_LONG', () => {
        @SessionModel({ tableName: table })
        class OneCharacter {
          @PrimaryColumn({ type: 'char' }) id!: string
        }
        expectRefusal('ID_TOO_LONG', () => registerSessionModel(newDataSource(database), OneCharacter))
      })
    }

    it('data as a limited number of characters, which may have several bytes each', async () => {
      @SessionModel({ tableName: table })
      class SmallSession {
        @Column({ type: 'varchar', length: 300 }) data!: string
      }
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, SmallSession)
      await createTables(dataSource, database)
      const manager = managerOf(Sessions)
      const note = '🐎'.repeat(289) // with {"note":""} 300 characters
      await manager.set('an id', { note })
      expect(await manager.get('an id')).to.deep.equal({ note })
      const error = await expectRejection('DATA_TOO_LARGE', manager.set('an id', { note: `${note}x` }))
      expect(error.message).to.contain('300 characters')
      await expectRejection('DATA_TOO_LARGE', manager.set('another', { note: 'x'.repeat(290) }))
      expect(await manager.get('an id')).to.deep.equal({ note })
    })

    it('a column `expires` of the user with a transformer', async () => {
      @SessionModel({ tableName: table, now: () => noon })
      class SecondsSession {
        @Column(seconds) expires!: Date
      }
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, SecondsSession)
      await createTables(dataSource, database)
      const manager = managerOf(Sessions, { maxAge: '1h', now: () => noon })
      await manager.set('an id', { note: 1 })
      await manager.set('an id', { note: 2 })
      expect(await manager.get('an id')).to.deep.equal({ note: 2 })
      const repository = dataSource.getRepository(Sessions)
      expect(await repository.findOneByOrFail(Sessions.active)).to.include({ expired: false })
      expect(await repository.countBy(Sessions.expired)).to.equal(0)
      expect(
        await dataSource.query(`select count(*) as n from ${table} where expires = ${noon / 1000 + 3600}`),
      ).to.satisfy((rows: readonly { n: unknown }[]) => Number(rows[0]?.n) === 1)
      const query = repository.createQueryBuilder('s').where(Sessions.active)
      expect(await query.getCount()).to.equal(1)
      expect(await repository.delete(Sessions.expired)).to.include({ affected: 0 })
      const later = managerOf(Sessions, { now: () => noon + 3_600_000 })
      expect(await later.get('an id')).to.equal(undefined)
      expect(await later.deleteExpired()).to.equal(1)
    })

    it('data as bytes', async () => {
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, newModel({ data: { type: binaryTypes[server] } }))
      await createTables(dataSource, database)
      const manager = managerOf(Sessions, { now: () => noon })
      const note = 'žluťoučký 🐎\u0000'.repeat(10_000)
      await manager.set('an id', { note })
      await manager.set('an id', { note: `${note}!` })
      expect(await manager.get('an id')).to.deep.equal({ note: `${note}!` })
      expect(await pendingStatements(dataSource)).to.deep.equal([])
    })

    it('a shorter id, which hashed ids do not fit', async () => {
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, newModel({ id: { length: 43 } }))
      expect(Sessions[sessionBackend]().capabilities.idLength).to.equal(43)
      expect(() => new SessionManager({ model: Sessions, cleanup: false }))
        .to.throw()
        .with.property('code', 'ID_TOO_LONG')
      await createTables(dataSource, database)
      const manager = managerOf(Sessions, { hashIds: false, idBytes: 32, now: () => noon })
      await manager.set('a'.repeat(43), { note: 1 })
      expect(await manager.get('a'.repeat(43))).to.deep.equal({ note: 1 })
    })
  })
}
