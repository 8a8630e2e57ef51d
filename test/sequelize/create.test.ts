import { expect } from 'chai'
import { createSessionModel } from 'koa-session-model/sequelize'
import { BeforeCreate, Column, DataType, Model, Table } from 'sequelize-typescript'
import { describeEach, describeSqlite } from './support/databases.js'
import { managerOf } from './support/manager.js'

describeEach('createSessionModel in a Sequelize instance', (open) => {
  it('works before and after a sync, and makes several tables that do not replace each other', async () => {
    const sequelize = open()
    const Web = createSessionModel(sequelize, 'sequelize_create_web')
    await sequelize.sync({ force: true })
    const Admin = createSessionModel(sequelize, 'sequelize_create_admin')
    await Admin.sync({ force: true })
    await managerOf(Web).set('id', { at: 'web' })
    await managerOf(Admin).set('id', { at: 'admin' })
    expect(await managerOf(Web).get('id')).to.deep.equal({ at: 'web' })
    expect(await managerOf(Admin).get('id')).to.deep.equal({ at: 'admin' })
    expect(sequelize.modelManager.models).to.deep.equal([Web, Admin])
    expect(await Web.destroy({ where: Web.active })).to.equal(1)
    expect(await Admin.count({ where: Admin.active })).to.equal(1)
  })
})

describeSqlite('createSessionModel', (open) => {
  it('names table and model session, unless it is told otherwise', () => {
    const Sessions = createSessionModel(open())
    expect([Sessions.name, Sessions.tableName]).to.deep.equal(['session', 'session'])
  })

  it('on Model gives a class to be listed', async () => {
    const Sessions = createSessionModel(Model, 'sequelize_create_listed')
    await open({ models: [Sessions] }).sync()
    await managerOf(Sessions).set('id', { x: 1 })
    expect((await Sessions.findOne())?.expired).to.equal(false)
  })

  it('on a base has what the base has, and is where the base is', async () => {
    const calls: string[] = []
    @Table({ tableName: 'sequelize_create_app', timestamps: false })
    class AppModel extends Model {
      @Column(DataType.STRING) declare note: string | null

      @BeforeCreate static called(): void {
        calls.push('created')
      }
    }
    const sequelize = open({ models: [AppModel] })
    const Sessions = createSessionModel(AppModel, 'sequelize_create_on_base')
    await sequelize.sync()
    await managerOf(Sessions).set('id', { note: 'x' })
    expect(await managerOf(Sessions).list({ note: 'x' })).to.have.lengthOf(1)
    expect(calls).to.deep.equal(['created'])
  })
})
