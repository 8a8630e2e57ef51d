import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { createSessionModel, registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Index, Model, Table } from 'sequelize-typescript'
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

function makeBase(tableName: string) {
  @Table({ tableName, timestamps: false })
  class AppModel extends Model {
    @Index @Column(DataType.STRING) declare note: string | null
  }
  return AppModel
}

describeEach('a base that is in a Sequelize instance', (open) => {
  it('brings the result into the instance, with a table of its own', async () => {
    const AppModel = makeBase('sequelize_base_in_app')
    const sequelize = open({ models: [AppModel] })
    await sequelize.sync({ force: true })
    const Sessions = registerSessionModel(AppModel, makeModel('sequelize_base_in_sessions'))
    expect(sequelize.modelManager.models).to.deep.equal([AppModel, Sessions])
    await sequelize.sync()
    await managerOf(Sessions).set('id', { userId: 1, note: 'kept' })
    expect(await managerOf(Sessions).get('id')).to.deep.equal({ userId: 1, note: 'kept' })
    expect(await AppModel.count()).to.equal(0)
    expect(AppModel.getTableName()).to.equal('sequelize_base_in_app')
    const indexes = (await sequelize.getQueryInterface().showIndex(Sessions.tableName)) as { name: string }[]
    expect(indexes.map(({ name }) => name)).to.include('sequelize_base_in_sessions_note')
  })
})

describeSqlite('a base', (open) => {
  it('may be Model itself: the model is what is returned, to be listed', async () => {
    const WebSession = makeModel('sequelize_base_model')
    const Sessions = registerSessionModel(Model, WebSession)
    expect(Sessions as unknown).to.equal(WebSession)
    const sequelize = open()
    sequelize.addModels([Sessions])
    await sequelize.sync()
    await managerOf(Sessions).set('id', { userId: 1 })
    expect(await Sessions.count({ where: Sessions.active })).to.equal(1)
    expect(Reflect.ownKeys(Model)).not.to.include('expired')
  })

  it('gives the result its options, but never its table', () => {
    @Table({ tableName: 'sequelize_base_table', timestamps: true, comment: 'kept' })
    class AppModel extends Model {}
    @SessionModel()
    class Visit {}
    @Table({ tableName: 'sequelize_base_own' })
    @SessionModel()
    class Named extends Model {}
    const sequelize = open({ models: [AppModel] })
    const [Visits, Nameds] = [registerSessionModel(AppModel, Visit), registerSessionModel(AppModel, Named)]
    expect([Visits.getTableName(), Nameds.getTableName()]).to.deep.equal(['Visits', 'sequelize_base_own'])
    expect(Visits.options).to.include({ timestamps: true, comment: 'kept' })
    expect(sequelize.modelManager.models).to.deep.equal([AppModel, Visits, Nameds])
  })

  it('may be what the model extends already', async () => {
    const AppModel = makeBase('sequelize_base_extended')
    @SessionModel({ tableName: 'sequelize_base_extending' })
    class WebSession extends AppModel {
      @Column(DataType.INTEGER) declare userId: number | null
    }
    const Sessions = registerSessionModel(AppModel, WebSession)
    expect(Sessions as unknown).to.equal(WebSession)
    await open({ models: [Sessions] }).sync()
    await managerOf(Sessions).set('id', { userId: 1, note: 'x' })
    expect(await managerOf(Sessions).get('id')).to.deep.equal({ userId: 1, note: 'x' })
  })

  it('twice gives the same class', () => {
    const AppModel = makeBase('sequelize_base_twice')
    const WebSession = makeModel('sequelize_base_twice_sessions')
    const Sessions = registerSessionModel(AppModel, WebSession)
    expect(registerSessionModel(AppModel, WebSession)).to.equal(Sessions)
    const Other = makeBase('sequelize_base_other')
    expect(registerSessionModel(Other, WebSession)).not.to.equal(Sessions)
  })

  it('that is in two registries: the result of each is in its own', async () => {
    const [First, Second] = [makeBase('sequelize_base_one'), makeBase('sequelize_base_two')]
    const [first, second] = [open({ models: [First] }), open({ models: [Second] })]
    const WebSession = makeModel('sequelize_base_shared')
    const Sessions = registerSessionModel(First, WebSession)
    const Others = registerSessionModel(Second, WebSession)
    await first.sync()
    await second.sync()
    await managerOf(Others).set('id', { userId: 1 })
    expect([await Sessions.count(), await Others.count()]).to.deep.equal([0, 1])
  })

  it('keeps what a subclass of the result adds apart from the result', async () => {
    const Sessions = createSessionModel(Model, 'sequelize_base_result')
    @Table
    class Extended extends Sessions {
      @Column(DataType.INTEGER) declare extra: number | null
    }
    const sequelize = open({ models: [Sessions] })
    sequelize.addModels([Extended])
    expect(Sessions.getAttributes()).not.to.have.property('extra')
    expect(managerOf(Sessions).options.backend.columns).to.deep.equal([])
    expect(managerOf(Extended).options.backend.columns.map(({ name }) => name)).to.deep.equal(['extra'])
  })
})

describeSqlite('the use of a model on a base before it is in an instance', () => {
  it('is refused with what to do', async () => {
    const Sessions = registerSessionModel(makeBase('sequelize_base_unused'), makeModel('sequelize_base_early'))
    const errors = [
      await expectError('BACKEND_FAILED', () => Sessions.expired),
      await expectError('BACKEND_FAILED', () => managerOf(Sessions)),
    ]
    for (const { message } of errors) expect(message).to.contain('addModels')
  })
})
