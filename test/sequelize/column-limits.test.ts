import { expect } from 'chai'
import { SessionModel, type SessionModelOptions } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model, Table } from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { createNarrowDatabase, dropNarrowDatabase } from '../support/narrow-database.js'
import { openSession } from '../support/open-session.js'
import { describeEach, describeServers } from './support/databases.js'
import { managerOf } from './support/manager.js'

const table = 'sequelize_limits'

function modelWith(columns: SessionModelOptions['columns']) {
  @SessionModel({ tableName: table, ...(columns && { columns }) })
  class LimitedSession extends Model {
    @Column(DataType.STRING(100)) declare label: string | null
  }
  return LimitedSession
}

describeEach('types that cannot hold what they should', (open, { server }) => {
  const refused = (columns: SessionModelOptions['columns']) =>
    expectError('COLUMN_TYPE', () => registerSessionModel(open(), modelWith(columns)))

  it('are refused', async () => {
    if (server)
      for (const type of [DataType.TINYINT, DataType.SMALLINT, DataType.MEDIUMINT, 'SMALLINT'])
        await refused({ version: { type } })
    for (const type of [DataType.DECIMAL, DataType.BOOLEAN]) await refused({ version: { type } })
    for (const type of [DataType.DATEONLY, DataType.NOW, DataType.INTEGER, 'DATE', 'TIMESTAMP'])
      await refused({ expires: { type } })
    for (const type of [DataType.ENUM('a'), DataType.STRING(20)]) await refused({ data: { type } })
    await refused({ id: { type: DataType.CITEXT } })
    if (server === 'postgres') await refused({ id: { type: DataType.STRING(128, true) } })
    if (server === 'mariadb') await refused({ id: { type: DataType.TEXT } })
    if (server === 'mariadb') await refused({ id: { length: 769 } })
  })

  it('are not those of bytes, which data may have', async () => {
    const Sessions = registerSessionModel(open(), modelWith({ data: { type: DataType.STRING(200, true) } }))
    await Sessions.sync({ force: true })
    await managerOf(Sessions).set('id', { note: '\\x ż 🐎' })
    expect(await managerOf(Sessions).get('id')).to.deep.equal({ label: null, note: '\\x ż 🐎' })
  })
})

describeServers('a TIMESTAMP that moves with each update', (open, { server }) => {
  if (server !== 'mariadb') return

  it('stays in an adopted table', async () => {
    const sequelize = open({ pool: { max: 1 } })
    const type = DataType.DATE
    const Sessions = registerSessionModel(sequelize, modelWith({ createdAt: { type }, expires: { type } }))
    await Sessions.drop()
    await sequelize.query("SET time_zone = '+00:00'")
    const moving = 'timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp()'
    await sequelize.query(
      `CREATE TABLE ${table} (id varchar(128) PRIMARY KEY, data longtext NOT NULL, expires ${moving}, createdAt ${moving},
        version int NOT NULL, label varchar(100))`,
    )
    const [day, start] = [86_400_000, Date.UTC(2027, 0, 1)]
    const read = async () => {
      const row = await Sessions.findOne({ rejectOnEmpty: true })
      return [row.createdAt.getTime(), row.expires.getTime()]
    }
    const options = { maxAge: '30d', rolling: false } as const
    await managerOf(Sessions, { ...options, now: () => start + 700 }).set('id', { n: 1 })
    const write = async (days: number) => {
      const session = await openSession(managerOf(Sessions, { ...options, now: () => start + days * day }), 'id')
      session.properties.set('n', days)
      await session.commit()
    }
    await write(2)
    expect(await read()).to.deep.equal([start, start + 30 * day])
    Sessions.addHook('beforeBulkUpdate', () => {}) // now Sequelize's own update is taken
    await write(3)
    expect(await read()).to.deep.equal([start, start + 30 * day])
    const ended = managerOf(Sessions, { maxAge: '30d', absoluteTimeout: '4d', now: () => start + 4 * day })
    expect(await ended.get('id')).to.equal(undefined)
  })
})

describeServers('character sets that cannot hold every text', (open, { server }) => {
  if (server !== 'mariadb') return
  let name: string
  before(async () => {
    name = await createNarrowDatabase('narrow_sequelize', 'latin1')
  })
  after(() => dropNarrowDatabase(name))

  it('of the database or the instance do not matter for tables that are created', async () => {
    const sequelize = open({ database: name, define: { charset: 'utf8', collate: 'utf8_general_ci' } })
    const Sessions = registerSessionModel(sequelize, modelWith(undefined))
    await Sessions.sync({ force: true })
    await managerOf(Sessions).set('id', { label: 'ż 🐎', note: '🐎' })
    expect(await managerOf(Sessions).get('id')).to.deep.equal({ label: 'ż 🐎', note: '🐎' })
    await Sessions.drop()
  })

  for (const mode of ['STRICT_TRANS_TABLES', '']) {
    it(`make no question marks in a table that is adopted${mode ? '' : ', in no strict mode either'}`, async () => {
      const sequelize = open({ database: name, pool: { max: 1 } })
      const Sessions = registerSessionModel(sequelize, modelWith(undefined))
      await Sessions.drop()
      await sequelize.query(`SET sql_mode = '${mode}'`)
      await sequelize.query(
        `CREATE TABLE ${table} (id varchar(128) PRIMARY KEY, data text, expires bigint, createdAt bigint, version int,
          label varchar(100))`,
      )
      const manager = managerOf(Sessions)
      await manager.set('id', { label: 'é', note: '🐎 żó' })
      await manager.set('id', { label: 'é', note: '🐎 żó', more: 1 })
      expect(await manager.get('id')).to.deep.equal({ label: 'é', note: '🐎 żó', more: 1 })
      const error = await expectError('DATA_NOT_SERIALIZABLE', () => manager.set('id', { label: 'ż' }))
      expect(error.message).to.contain('latin1').and.contain('label')
      await expectError('DATA_TOO_LARGE', () => manager.set('id', { note: '🐎'.repeat(6000) }))
      await Sessions.drop()
    })
  }

  it('are refused for the table of the model, and for the connection', async () => {
    @Table({ charset: 'utf8' })
    @SessionModel({ tableName: table })
    class NarrowTable extends Model {}
    await expectError('COLUMN_TYPE', () => registerSessionModel(open(), NarrowTable))
    const narrow = () => open({ dialectOptions: { charset: 'utf8' } })
    await expectError('OPTION_INVALID', () => registerSessionModel(narrow(), modelWith(undefined)))
  })
})
