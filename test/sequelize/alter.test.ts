import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { AllowNull, Column, DataType, Model, type Sequelize } from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

describeEach('sync({ alter: true })', (open) => {
  it('twice leaves the table and its rows as they are', async () => {
    @SessionModel({ tableName: 'sequelize_alter' })
    class WebSession extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
    }
    const sequelize = open()
    const Sessions = registerSessionModel(sequelize, WebSession)
    await Sessions.sync({ force: true })
    await managerOf(Sessions).set('id', { userId: 3, text: 'żółć' })
    await checkAlter(sequelize, Sessions.tableName)
    expect(await managerOf(Sessions).get('id')).to.deep.equal({ userId: 3, text: 'żółć' })
  })

  it('does so where the model has a key of its own', async () => {
    @SessionModel({ tableName: 'sequelize_alter_surrogate', columns: { id: 'session_id' } })
    class WebSession extends Model {
      @AllowNull(false)
      @Column({ type: DataType.INTEGER, primaryKey: true, autoIncrement: true, field: 'id' })
      declare key: number
    }
    const sequelize = open()
    const Sessions = registerSessionModel(sequelize, WebSession)
    await Sessions.sync({ force: true })
    await managerOf(Sessions).set('id', { text: 'x' })
    const { id, data, expires, createdAt } = await Sessions.findOne({ rejectOnEmpty: true })
    const again = { id, data, expires, createdAt, version: 1, columns: {} }
    const error = await expectError('BACKEND_FAILED', () => Sessions[sessionBackend]().insert([again]))
    expect(error.message).to.contain('unique')
    await checkAlter(sequelize, Sessions.tableName)
    expect(await managerOf(Sessions).get('id')).to.deep.equal({ text: 'x' })
  })

  async function checkAlter(sequelize: Sequelize, table: string): Promise<void> {
    const before = await describeTable(sequelize, table)
    await sequelize.sync({ alter: true })
    await sequelize.sync({ alter: true })
    expect(await describeTable(sequelize, table)).to.deep.equal(before)
  }

  async function describeTable(sequelize: Sequelize, table: string): Promise<unknown> {
    const database = sequelize.getQueryInterface()
    const indexes = (await database.showIndex(table)) as { name: string }[]
    const names = indexes.filter(({ name }) => !name.startsWith('sqlite_autoindex')).map(({ name }) => name)
    const rows = await sequelize.query(`SELECT * FROM ${table}`, { plain: true })
    return { columns: await database.describeTable(table), names: names.sort(), rows }
  }
})
