import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, CreatedAt, DataType, DeletedAt, Model, Table, UpdatedAt } from 'sequelize-typescript'
import { Clock } from '../support/clock.js'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

describeEach('the dates that Sequelize keeps', (open) => {
  it('createdAt of @Table serves as ours; updatedAt follows every write', async () => {
    @Table({ tableName: 'sequelize_timestamps', timestamps: true })
    @SessionModel()
    class WebSession extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
    }
    const clock = new Clock()
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions, { now: clock.now, maxAge: '1h', absoluteTimeout: '2h', touchAfter: 0 })
    await manager.set('id', { userId: 1 })
    const created = await Sessions.findOne({ rejectOnEmpty: true })
    expect(created.createdAt).to.deep.equal(new Date(clock.now()))
    await pause(1100)
    await manager.set('id', { userId: 2 })
    const updated = await Sessions.findOne({ rejectOnEmpty: true })
    expect(updated.updatedAt).to.be.above(created.updatedAt)
    await pause(1100)
    clock.pass(60)
    await manager.get('id')
    const touched = await Sessions.findOne({ rejectOnEmpty: true })
    expect(touched.updatedAt).to.be.above(updated.updatedAt)
    expect(touched.createdAt).to.deep.equal(created.createdAt)
    clock.pass(2 * 3600)
    expect(await manager.get('id')).to.equal(undefined)
  })

  it('have other names, and are no properties of the session', async () => {
    @Table({ tableName: 'sequelize_timestamps_named' })
    @SessionModel({ columns: { createdAt: 'born' } })
    class WebSession extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
      @CreatedAt declare born: Date
      @UpdatedAt declare changedOn: Date
      @DeletedAt declare goneOn: Date | null
    }
    const sequelize = open()
    const Sessions = registerSessionModel(sequelize, WebSession)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    await manager.set('id', { userId: 1 })
    expect(await manager.get('id')).to.deep.equal({ userId: 1 })
    const [listed] = await manager.list({ userId: 1 })
    expect(listed?.createdAt).to.be.instanceOf(Date)
    const columns = Object.keys(await sequelize.getQueryInterface().describeTable('sequelize_timestamps_named'))
    const expected = ['id', 'data', 'expires', 'version', 'userId', 'born', 'changedOn', 'goneOn']
    expect(columns).to.have.members(expected)
  })

  it('stand beside a createdAt of ours, if they are called otherwise', async () => {
    @Table({ tableName: 'sequelize_timestamps_beside', createdAt: 'insertedAt', updatedAt: false })
    @SessionModel()
    class WebSession extends Model {}
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    await managerOf(Sessions).set('id', { n: 1 })
    expect((await Sessions.findOne({ rejectOnEmpty: true })).createdAt).to.be.instanceOf(Date)
    expect(await managerOf(Sessions).get('id')).to.deep.equal({ n: 1 })
  })
})
