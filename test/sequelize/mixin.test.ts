import { expect } from 'chai'
import { SessionModel, SessionModelMixin } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model, Table } from 'sequelize-typescript'
import { describeSqlite } from './support/databases.js'
import { managerOf } from './support/manager.js'

describeSqlite('SessionModelMixin(Model)', (open) => {
  it('makes a session model without a decorator', async () => {
    @Table({ tableName: 'sequelize_mixin', timestamps: false })
    class WebSession extends SessionModelMixin(Model) {
      @Column(DataType.INTEGER) declare userId: number | null

      get isOver(): boolean {
        return this.expired && this.expires.getTime() <= Date.now()
      }
    }
    const sequelize = open()
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync()
    await managerOf(Sessions).set('id', { userId: 1 })
    const row = await Sessions.findOne({ where: Sessions.active, rejectOnEmpty: true })
    expect(row.isOver).to.equal(false)
    expect(await WebSession.count({ where: Sessions.expired })).to.equal(0)
    expect(await managerOf(Sessions).get('id')).to.deep.equal({ userId: 1 })
  })

  it('takes the options of a decorator', async () => {
    @SessionModel({ tableName: 'sequelize_mixin_decorated', columns: { id: 'sid', version: false } })
    class WebSession extends SessionModelMixin(Model) {}
    const sequelize = open()
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync()
    await managerOf(Sessions).set('id', { x: 1 })
    const columns = await sequelize.getQueryInterface().describeTable('sequelize_mixin_decorated')
    expect(Object.keys(columns)).to.have.members(['sid', 'data', 'expires', 'createdAt'])
  })

  it('takes an abstract base of your own', async () => {
    abstract class AppModel extends Model {
      @Column(DataType.STRING) declare note: string | null
      shout(): string {
        return `${this.note}!`
      }
    }
    @SessionModel({ tableName: 'sequelize_mixin_base' })
    class WebSession extends SessionModelMixin(AppModel) {}
    const sequelize = open()
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync()
    await managerOf(Sessions).set('id', { note: 'hey' })
    expect((await Sessions.findOne({ rejectOnEmpty: true })).shout()).to.equal('hey!')
  })

  it('keeps two models on one mixin apart', async () => {
    const Mixed = SessionModelMixin(Model)
    @SessionModel({ tableName: 'sequelize_mixin_a' })
    class A extends Mixed {
      @Column(DataType.INTEGER) declare a: number | null
    }
    @SessionModel({ tableName: 'sequelize_mixin_b' })
    class B extends Mixed {
      @Column(DataType.INTEGER) declare b: number | null
    }
    const sequelize = open()
    const [ModelA, ModelB] = [registerSessionModel(sequelize, A), registerSessionModel(sequelize, B)]
    await sequelize.sync()
    await managerOf(ModelA).set('id', { a: 1 })
    await managerOf(ModelB).set('id', { b: 1 })
    expect(await managerOf(ModelA).get('id')).to.deep.equal({ a: 1 })
    expect(await managerOf(ModelB).get('id')).to.deep.equal({ b: 1 })
  })
})
