import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model, Table } from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { describeSqlite } from './support/databases.js'
import { managerOf } from './support/manager.js'

function makeModel(tableName: string) {
  @SessionModel({ tableName })
  class WebSession extends Model {
    @Column(DataType.INTEGER) declare userId: number | null
  }
  return WebSession
}

describeSqlite('repository mode', (open) => {
  it('returns the repository, which is a registered model', async () => {
    const sequelize = open({ repositoryMode: true })
    const WebSession = makeModel('sequelize_repository')
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync()
    expect(Sessions).to.equal(sequelize.getRepository(WebSession))
    await managerOf(Sessions).set('id', { userId: 4 })
    const row = await Sessions.findOne({ where: { userId: 4, ...Sessions.active }, rejectOnEmpty: true })
    expect(row).to.include({ expired: false, active: true })
    expect(await Sessions.count({ where: Sessions.expired })).to.equal(0)
    expect(await managerOf(Sessions).get('id')).to.deep.equal({ userId: 4 })
  })

  it('gives the same repository for a second registration', () => {
    const sequelize = open({ repositoryMode: true })
    const WebSession = makeModel('sequelize_repository_twice')
    expect(registerSessionModel(sequelize, WebSession)).to.equal(registerSessionModel(sequelize, WebSession))
  })

  it('lets the class itself stand for its repository', async () => {
    const sequelize = open({ repositoryMode: true })
    const WebSession = makeModel('sequelize_repository_class')
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync()
    const model = WebSession as unknown as typeof Sessions
    expect(model.expired).to.have.property('expires')
    await managerOf(model).set('id', { userId: 4 })
    expect(await Sessions.count()).to.equal(1)
  })

  it('keeps the repositories of two instances apart, for a model on a base that is in both', async () => {
    @Table
    abstract class AppModel extends Model {}
    const OnBase = registerSessionModel(AppModel, makeModel('sequelize_repository_two'))
    const [first, second] = [open({ repositoryMode: true }), open({ repositoryMode: true })]
    for (const sequelize of [first, second]) {
      sequelize.addModels([OnBase])
      await sequelize.sync()
    }
    await managerOf(first.getRepository(OnBase) as unknown as typeof OnBase).set('id', { userId: 1 })
    expect(await first.getRepository(OnBase).count()).to.equal(1)
    expect(await second.getRepository(OnBase).count()).to.equal(0)
    expect(await managerOf(second.getRepository(OnBase) as unknown as typeof OnBase).get('id')).to.equal(undefined)
  })

  it('detects shadowing class fields there too', async () => {
    @SessionModel({ tableName: 'sequelize_repository_shadowed' })
    class Shadowed extends Model {
      @Column(DataType.INTEGER) userId!: number | null
    }
    const sequelize = open({ repositoryMode: true })
    await expectError('COLUMN_SHADOWED', () => registerSessionModel(sequelize, Shadowed))
    expect(sequelize.modelManager.models).to.have.lengthOf(0)
  })
})
