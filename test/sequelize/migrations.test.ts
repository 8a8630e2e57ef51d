import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { DataTypes, type QueryInterface, QueryTypes } from 'sequelize'
import { Column, DataType, Model, Sequelize } from 'sequelize-typescript'
import { migrationFile } from '../support/docs-migrations.js'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

interface Migration {
  up(queryInterface: QueryInterface, sequelize: unknown): Promise<void>
  down(queryInterface: QueryInterface, sequelize: unknown): Promise<void>
}

const table = 'web_sessions'

async function load(title: string): Promise<Migration> {
  return (await migrationFile(title)).default as Migration
}

function registerNew(sequelize: Sequelize) {
  @SessionModel({ tableName: table })
  class WebSession extends Model {
    @Column(DataType.INTEGER) declare userId: number | null
  }
  return registerSessionModel(sequelize, WebSession)
}

const key = { type: DataType.INTEGER, primaryKey: true, autoIncrement: true, field: 'id' } as const

function registerWithKey(sequelize: Sequelize) {
  @SessionModel({ tableName: table, columns: { id: 'session_id' } })
  class WebSession extends Model {
    @Column(key) declare key: number
    @Column(DataType.INTEGER) declare userId: number | null
  }
  return registerSessionModel(sequelize, WebSession)
}

describeEach('the migrations of docs/migrations.md', (open) => {
  it('make the table that registration asks for, and take it back', async () => {
    const sequelize = open()
    const database = sequelize.getQueryInterface()
    const Sessions = registerNew(sequelize)
    await Sessions.sync({ force: true })
    const expected = await shape(sequelize)
    await Sessions.drop()
    const migration = await load('20250101000000-create-web-sessions.cjs')
    await migration.up(database, Sequelize)
    expect(await shape(sequelize)).to.deep.equal(expected)
    await managerOf(Sessions).set('id', { userId: 7, note: 1 })
    expect(await managerOf(Sessions).get('id')).to.deep.equal({ userId: 7, note: 1 })
    for (const options of [{}, { alter: true }]) await Sessions.sync(options)
    expect((await shape(sequelize)).indexes).to.deep.equal(expected.indexes)
    await migration.down(database, Sequelize)
    expect(await database.tableExists(table)).to.equal(false)
  })

  it('add the columns to a table with rows, and take them away', async () => {
    const sequelize = open()
    const database = sequelize.getQueryInterface()
    const Sessions = registerWithKey(sequelize)
    await Sessions.sync({ force: true })
    const expected = await shape(sequelize)
    await Sessions.drop()
    await createOld(database)
    const before = await shape(sequelize)
    const migration = await load('20250102000000-sessions-in-web-sessions.cjs')
    await migration.up(database, Sequelize)
    expect(await shape(sequelize)).to.deep.equal(expected)
    expect(await Sessions.count({ where: Sessions.expired })).to.equal(2)
    await managerOf(Sessions).set('id', { userId: 7, note: 1 })
    expect(await managerOf(Sessions).deleteExpired()).to.equal(0)
    for (const options of [{}, { alter: true }]) await Sessions.sync(options)
    expect((await shape(sequelize)).indexes).to.deep.equal(expected.indexes)
    // Sequelize makes a table of SQLite anew for each column, and its removeColumn() fails with the driver mariadb 3.5.
    if (sequelize.getDialect() !== 'sqlite' && sequelize.getDialect() !== 'mariadb') {
      await migration.down(database, Sequelize)
      expect(await shape(sequelize)).to.deep.equal(before)
    }
    await Sessions.drop()
  })
})

async function createOld(database: QueryInterface): Promise<void> {
  await database.createTable(table, {
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false },
    userId: { type: DataTypes.INTEGER },
  })
  await database.bulkInsert(table, [{ userId: 1 }, { userId: 2 }])
}

/** What the database has: the columns by name, and which columns the indexes are on. */
async function shape(sequelize: Sequelize) {
  const database = sequelize.getQueryInterface()
  const columns = await database.describeTable(table)
  const isMysql = sequelize.getDialect() === 'mysql' || sequelize.getDialect() === 'mariadb'
  const inSchema = `select column_name as name, collation_name as collation from information_schema.columns
    where table_schema = database() and table_name = '${table}' order by column_name`
  const collations = isMysql ? await sequelize.query(inSchema, { type: QueryTypes.SELECT }) : []
  const indexes = (await database.showIndex(table)) as { fields: { attribute: string }[]; unique: boolean }[]
  const named = indexes.map(({ fields, unique }) => `${fields.map(({ attribute }) => attribute)} ${unique}`)
  return { columns, collations, indexes: [...new Set(named)].sort() }
}
