import { expect } from 'chai'
import { SessionModel, type SessionModelOptions } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { after, before, describe, it } from 'mocha'
import { BaseEntity, Column, type DataSourceOptions } from 'typeorm'
import { createNarrowDatabase, dropNarrowDatabase } from '../support/narrow-database.js'
import { openSession } from '../support/open-session.js'
import { typeormVersion } from '../support/typeorm-rows.js'
import {
  createTables,
  databaseServers,
  databases,
  dropTables,
  newDataSource,
  pendingStatements,
  tableName,
} from './support/data-sources.js'
import { expectError, expectRefusal, expectRejection } from './support/expect-error.js'
import { managerOf } from './support/manager.js'

const day = 86_400_000
const start = Date.UTC(2027, 0, 1)

function modelWith(columns: SessionModelOptions['columns'] = {}) {
  @SessionModel({ tableName: tableName('limits'), columns })
  class LimitedSession {
    @Column({ type: 'varchar', length: 100, nullable: true }) label!: string | null
  }
  return LimitedSession
}

for (const database of databases) {
  describe(`TypeORM: types that cannot hold what they should (${database.name})`, () => {
    const refused = (columns: SessionModelOptions['columns']) => {
      const Model = modelWith(columns)
      expectRefusal('COLUMN_TYPE', () => registerSessionModel(newDataSource(database), Model))
    }

    it('are refused for a version', () => {
      const types = database.server ? ['smallint', 'int2', 'tinyint', 'mediumint', 'interval', 'point'] : ['interval']
      for (const type of [...types, 'decimal', 'varchar']) refused({ version: { type } })
    })

    it('are refused for an id, the data or a date', () => {
      refused({ id: { type: 'citext' } })
      for (const type of ['date', 'time', 'year', 'text']) refused({ expires: { type } })
      for (const type of ['enum', 'simple-json']) refused({ data: { type } })
      if (!database.server) return
      refused({ data: { type: 'char' } })
      if (database.server === 'mariadb') for (const type of ['text', 'longtext']) refused({ id: { type } })
      if (database.server === 'mariadb') refused({ id: { length: 769 } })
    })
  })
}

for (const database of databaseServers.filter(({ server }) => server === 'mariadb')) {
  describe('TypeORM: TIMESTAMP on MariaDB', () => {
    after(() => dropTables(database, tableName('limits')))

    const oneConnection = { timezone: 'Z', extra: { connectionLimit: 1 } } as Partial<DataSourceOptions>
    const oldDefaults = "SET explicit_defaults_for_timestamp = OFF, time_zone = '+00:00'"

    it('is created so that no update moves it', async () => {
      const columns = { createdAt: { type: 'timestamp' }, expires: { type: 'timestamp' } }
      const dataSource = newDataSource(database, { ...oneConnection, synchronize: false })
      const Sessions = registerSessionModel(dataSource, modelWith(columns))
      await dataSource.initialize()
      await dataSource.query(`DROP TABLE IF EXISTS ${tableName('limits')}`)
      await dataSource.query(oldDefaults)
      await dataSource.synchronize()
      const [shown] = await dataSource.query(`SHOW CREATE TABLE ${tableName('limits')}`)
      expect(shown['Create Table']).to.not.contain('ON UPDATE')
      expect(await pendingStatements(dataSource)).to.deep.equal([])
      await managerOf(Sessions).set('id', { note: 1 })
      expect(await managerOf(Sessions).get('id')).to.deep.equal({ label: null, note: 1 })
    })

    it('stays where an adopted table has it move with each update', async () => {
      const columns = { createdAt: { type: 'timestamp' }, expires: { type: 'timestamp' } }
      const dataSource = newDataSource(database, { ...oneConnection, synchronize: false })
      const Sessions = registerSessionModel(dataSource, modelWith(columns))
      await dataSource.initialize()
      await dataSource.query(`DROP TABLE IF EXISTS ${tableName('limits')}`)
      const moving = 'timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp()'
      await dataSource.query(
        `CREATE TABLE ${tableName('limits')} (id varchar(128) PRIMARY KEY, data longtext NOT NULL, expires ${moving},
          createdAt ${moving}, version int NOT NULL, label varchar(100))`,
      )
      const read = async () => {
        const row = await dataSource.getRepository(Sessions).findOneByOrFail({})
        return [row.createdAt.getTime(), row.expires.getTime()]
      }
      const options = { maxAge: '30d', rolling: false } as const
      await managerOf(Sessions, { ...options, now: () => start }).set('id', { n: 1 })
      const later = managerOf(Sessions, { ...options, now: () => start + 2 * day })
      const session = await openSession(later, 'id')
      session.properties.set('n', 2)
      await session.commit()
      expect(await read()).to.deep.equal([start, start + 30 * day])
      const renewing = managerOf(Sessions, { maxAge: '30d', touchAfter: 0, now: () => start + 3 * day })
      expect(await renewing.get('id')).to.deep.equal({ label: null, n: 2 })
      expect(await read()).to.deep.equal([start, start + 33 * day])
      const ended = managerOf(Sessions, { maxAge: '30d', absoluteTimeout: '4d', now: () => start + 4 * day })
      expect(await ended.get('id')).to.equal(undefined)
    })

    it('ends in 2038: what reaches beyond is refused', async () => {
      const dataSource = newDataSource(database, oneConnection)
      const Sessions = registerSessionModel(dataSource, modelWith({ expires: { type: 'timestamp' } }))
      expectError('OPTION_INVALID', () => managerOf(Sessions, { maxAge: '30y' }))
      expectError('OPTION_INVALID', () => managerOf(Sessions, { maxAge: '30y', absoluteTimeout: '20y' }))
      managerOf(Sessions, { maxAge: '30y', absoluteTimeout: '1y', now: () => start })
      await createTables(dataSource, database)
      let now = start
      const manager = managerOf(Sessions, { maxAge: '1y', now: () => now })
      await manager.set('id', { n: 1 })
      now = Date.UTC(2037, 5, 1)
      const error = await expectRejection('COLUMN_TYPE', manager.set('id', { n: 2 }))
      expect(error.message).to.contain('2038-01-19')
    })

    it('and DATETIME round down what they have no digits for, as no other database does', async () => {
      const columns = { createdAt: { type: 'datetime' }, expires: { type: 'timestamp' } }
      const dataSource = newDataSource(database, oneConnection)
      const Sessions = registerSessionModel(dataSource, modelWith(columns))
      await createTables(dataSource, database)
      await dataSource.query('SET SESSION sql_mode = CONCAT(@@sql_mode, ",TIME_ROUND_FRACTIONAL")')
      await managerOf(Sessions, { now: () => start + 700, maxAge: '1h' }).set('id', { n: 1 })
      const row = await dataSource.getRepository(Sessions).findOneByOrFail({})
      expect([row.createdAt.getTime(), row.expires.getTime()]).to.deep.equal([start, start + 3_600_000])
    })
  })

  for (const charset of ['latin1', 'utf8mb3', 'ascii']) {
    describe(`TypeORM: a database with the character set ${charset}`, () => {
      let name: string
      before(async () => {
        name = await createNarrowDatabase(`narrow_typeorm_${typeormVersion.replace('.', '_')}`, charset)
      })
      after(() => dropNarrowDatabase(name))

      const open = async (mode: string, create: boolean) => {
        const options = {
          database: name,
          extra: { connectionLimit: 1 },
          synchronize: false,
        } as Partial<DataSourceOptions>
        const dataSource = newDataSource(database, options)
        const Sessions = registerSessionModel(dataSource, modelWith())
        await dataSource.initialize()
        await dataSource.query(`SET sql_mode = '${mode}'`)
        await dataSource.query(`DROP TABLE IF EXISTS ${tableName('limits')}`)
        if (create) await dataSource.synchronize()
        else
          await dataSource.query(
            `CREATE TABLE ${tableName('limits')} (id varchar(128) PRIMARY KEY, data text, expires bigint, createdAt bigint,
              version int, label varchar(100))`,
          )
        return { dataSource, manager: managerOf(Sessions) }
      }

      it('does not matter for tables of a model on a base class', async () => {
        const Sessions = registerSessionModel(BaseEntity, modelWith({ createdAt: { type: 'timestamp' } }))
        const options = { database: name, entities: [Sessions], dropSchema: true } as Partial<DataSourceOptions>
        const dataSource = await newDataSource(database, options).initialize()
        await managerOf(Sessions).set('id', { label: 'ż 🐎', note: '🐎' })
        expect(await managerOf(Sessions).get('id')).to.deep.equal({ label: 'ż 🐎', note: '🐎' })
        const [shown] = await dataSource.query(`SHOW CREATE TABLE ${tableName('limits')}`)
        expect(shown['Create Table']).to.match(/`createdAt` timestamp NOT NULL DEFAULT current_timestamp\(\),/)
      })

      it('does not matter for tables that are created', async () => {
        const { dataSource, manager } = await open('STRICT_TRANS_TABLES', true)
        expect(await pendingStatements(dataSource)).to.deep.equal([])
        await manager.set('id', { label: 'ż 🐎', note: '🐎' })
        expect(await manager.get('id')).to.deep.equal({ label: 'ż 🐎', note: '🐎' })
      })

      for (const mode of ['STRICT_TRANS_TABLES', '']) {
        it(`makes no question marks in a table that is adopted${mode ? '' : ', in no strict mode either'}`, async () => {
          const { manager } = await open(mode, false)
          await manager.set('id', { label: 'plain', note: '🐎 żó' })
          await manager.set('id', { label: 'plain', note: '🐎 żó', more: 1 })
          expect(await manager.get('id')).to.deep.equal({ label: 'plain', note: '🐎 żó', more: 1 })
          const error = await expectRejection('DATA_NOT_SERIALIZABLE', manager.set('id', { label: '🐎' }))
          expect(error.message).to.contain(charset).and.contain('label')
          expect(await manager.get('id')).to.include({ label: 'plain', more: 1 })
          await expectRejection('DATA_TOO_LARGE', manager.set('id', { note: '🐎'.repeat(6000) }))
        })
      }
    })
  }

  describe('TypeORM: character sets that are declared', () => {
    it('are refused where they cannot hold every text', () => {
      @SessionModel()
      class NarrowColumn {
        @Column({ type: 'varchar', length: 9, nullable: true, charset: 'utf8' }) label!: string | null
      }
      @SessionModel()
      class NarrowData {
        @Column({ type: 'text', collation: 'latin1_swedish_ci' }) data!: string
      }
      for (const model of [NarrowColumn, NarrowData])
        expectRefusal('COLUMN_TYPE', () => registerSessionModel(newDataSource(database), model))
    })

    it('of connections are refused as well', async () => {
      for (const charset of ['utf8', 'latin1', 'UTF8_GENERAL_CI']) {
        const narrow = { charset } as Partial<DataSourceOptions>
        const Model = modelWith()
        expectRefusal('OPTION_INVALID', () => registerSessionModel(newDataSource(database, narrow), Model))
        const Sessions = registerSessionModel(BaseEntity, modelWith())
        const dataSource = newDataSource(database, { ...narrow, entities: [Sessions] } as Partial<DataSourceOptions>)
        await expectRejection('OPTION_INVALID', dataSource.initialize())
      }
    })
  })
}
