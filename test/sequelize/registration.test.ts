import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model, Sequelize, Table } from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { describeEach, describeSqlite } from './support/databases.js'
import { managerOf } from './support/manager.js'

function makeModel(tableName: string) {
  @SessionModel({ tableName })
  class WebSession extends Model {
    @Column(DataType.INTEGER) declare userId: number | null
  }
  return WebSession
}

describeEach('registration in a Sequelize instance', (open) => {
  it('gives the model its table with the first sync of the instance', async () => {
    const sequelize = open()
    const Sessions = registerSessionModel(sequelize, makeModel('sequelize_registration_before'))
    await sequelize.sync({ force: true })
    const manager = managerOf(Sessions)
    await manager.set('first', { userId: 7, cart: ['tea'] })
    expect(await manager.get('first')).to.deep.equal({ userId: 7, cart: ['tea'] })
  })

  it('works after a sync: the next one makes the table', async () => {
    const sequelize = open()
    await sequelize.sync()
    const Sessions = registerSessionModel(sequelize, makeModel('sequelize_registration_after'))
    await sequelize.sync()
    await managerOf(Sessions).set('late', { userId: 1 })
    expect(await Sessions.count({ where: Sessions.active })).to.equal(1)
  })

  it('works after a sync: the sync of the model makes the table', async () => {
    const sequelize = open()
    await sequelize.sync()
    const Sessions = registerSessionModel(sequelize, makeModel('sequelize_registration_own'))
    await Sessions.sync({ force: true })
    expect(await Sessions.count()).to.equal(0)
  })
})

describeSqlite('registration', (open) => {
  it('twice with one instance gives the same class, and changes nothing', async () => {
    const sequelize = open()
    const WebSession = makeModel('sequelize_registration_twice')
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync()
    await managerOf(Sessions).set('kept', { userId: 3 })
    expect(registerSessionModel(sequelize, WebSession)).to.equal(Sessions)
    expect(sequelize.modelManager.models).to.have.lengthOf(1)
    expect(await managerOf(Sessions).get('kept')).to.include({ userId: 3 })
  })

  it('with two instances is refused, and the first keeps working', async () => {
    const sequelize = open()
    const WebSession = makeModel('sequelize_registration_elsewhere')
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync()
    const other = open()
    const error = await expectError('MODEL_REGISTERED_ELSEWHERE', () => registerSessionModel(other, WebSession))
    expect(error.message).to.contain('WebSession')
    expect(other.modelManager.models).to.have.lengthOf(0)
    expect(await Sessions.count()).to.equal(0)
  })

  it('takes a model that is in the instance already', async () => {
    @Table({ timestamps: false })
    @SessionModel({ tableName: 'sequelize_registration_listed' })
    class Listed extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
    }
    const sequelize = open({ models: [Listed] })
    const Sessions = registerSessionModel(sequelize, Listed)
    await sequelize.sync()
    await managerOf(Sessions).set('listed', { userId: 5 })
    expect(await Sessions.findOne({ where: { userId: 5 } })).to.include({ expired: false, active: true })
    expect(sequelize.modelManager.models).to.deep.equal([Sessions])
  })

  it('outlives that the application adds the model again', async () => {
    const sequelize = open()
    const WebSession = makeModel('sequelize_registration_again')
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync()
    const manager = managerOf(Sessions)
    await manager.set('id', { userId: 1 })
    sequelize.addModels([WebSession])
    await sequelize.sync()
    expect(await manager.get('id')).to.deep.equal({ userId: 1 })
    expect(await Sessions.count({ where: Sessions.active })).to.equal(1)
    expect(registerSessionModel(sequelize, WebSession)).to.equal(Sessions)
  })

  it('leaves the constructor and the names of the model as they are', () => {
    const WebSession = makeModel('sequelize_registration_names')
    const Sessions: unknown = registerSessionModel(open(), WebSession)
    expect(Sessions).to.equal(WebSession)
    expect(WebSession.name).to.equal('WebSession')
    expect(WebSession.getTableName()).to.equal('sequelize_registration_names')
  })

  it('takes a table name from @Table, or from the class, if it is given none', () => {
    @SessionModel()
    class VisitorSession extends Model {}
    @Table({ tableName: 'sequelize_registration_visits' })
    @SessionModel()
    class Visit extends Model {}
    const sequelize = open()
    expect(registerSessionModel(sequelize, VisitorSession).getTableName()).to.equal('VisitorSessions')
    expect(registerSessionModel(sequelize, Visit).getTableName()).to.equal('sequelize_registration_visits')
  })

  it('needs no connection', () => {
    const sequelize = new Sequelize({ dialect: 'postgres', host: '127.0.0.1', port: 1, logging: false })
    const Sessions = registerSessionModel(sequelize, makeModel('sequelize_registration_unconnected'))
    expect(Sessions.build({ expires: new Date(0) }).expired).to.equal(true)
  })
})
