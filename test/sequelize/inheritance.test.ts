import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Index, Model } from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { describeEach, describeSqlite } from './support/databases.js'
import { managerOf } from './support/manager.js'

function makeModels(suffix: string) {
  @SessionModel({ tableName: `sequelize_inherit_web_${suffix}`, now: () => 0 })
  class WebSession extends Model {
    @Index @Column(DataType.INTEGER) declare userId: number | null
  }
  @SessionModel({
    tableName: `sequelize_inherit_admin_${suffix}`,
    columns: { id: 'sid', expires: 'ends', version: false },
  })
  class AdminSession extends WebSession {
    @Column(DataType.STRING) declare role: string | null
  }
  return { WebSession, AdminSession }
}

describeEach('a decorated subclass of a decorated model', (open) => {
  for (const order of ['base first', 'subclass first'] as const) {
    it(`has a table of its own, and changes nothing of its base (${order})`, async () => {
      const { WebSession, AdminSession } = makeModels(order.split(' ')[0] ?? '')
      const sequelize = open()
      if (order === 'subclass first') registerSessionModel(sequelize, AdminSession)
      const Web = registerSessionModel(sequelize, WebSession)
      const Admin = registerSessionModel(sequelize, AdminSession)
      await sequelize.sync({ force: true })
      expect(Web.getAttributes().id?.field).to.equal('id')
      expect(Admin.getAttributes().id?.field).to.equal('sid')
      expect(Object.keys(Web.getAttributes())).not.to.include('role')
      expect(Object.keys(Admin.getAttributes())).to.include('role').and.not.include('version')
      await managerOf(Web).set('id', { userId: 1 })
      await managerOf(Admin).set('id', { userId: 2, role: 'root' })
      expect(await managerOf(Web).get('id')).to.deep.equal({ userId: 1 })
      expect(await managerOf(Admin).get('id')).to.deep.equal({ userId: 2, role: 'root' })
    })
  }

  it('has a clock and conditions of its own', async () => {
    const { WebSession, AdminSession } = makeModels('clock')
    const sequelize = open()
    const Web = registerSessionModel(sequelize, WebSession)
    const Admin = registerSessionModel(sequelize, AdminSession)
    await sequelize.sync({ force: true })
    const expires = new Date('2001-01-01T00:00:00Z')
    await Web.create({ id: 'a'.repeat(64), data: '{}', expires, createdAt: expires })
    await Admin.create({ id: 'b'.repeat(64), data: '{}', expires, createdAt: expires })
    expect([await Web.count({ where: Web.expired }), await Admin.count({ where: Admin.expired })]).to.deep.equal([0, 1])
    expect([(await Web.findOne())?.expired, (await Admin.findOne())?.expired]).to.deep.equal([false, true])
  })
})

describeSqlite('a decorated subclass', (open) => {
  it('has a registry of its own', async () => {
    const { WebSession, AdminSession } = makeModels('registry')
    const Web = registerSessionModel(Model, WebSession)
    const sequelize = open({ models: [Web] })
    const Admin = registerSessionModel(sequelize, AdminSession)
    expect(registerSessionModel(sequelize, AdminSession)).to.equal(Admin)
    expect(registerSessionModel(Model, WebSession)).to.equal(Web)
    await expectError('MODEL_REGISTERED_ELSEWHERE', () => registerSessionModel(open(), AdminSession))
  })
})

/** A model whose table, as those of its subclasses, is named after the class. */
function makePlainModel() {
  @SessionModel()
  class SequelizeInheritPlain extends Model {
    @Column(DataType.INTEGER) declare userId: number | null
  }
  return SequelizeInheritPlain
}

describeSqlite('a subclass that is not decorated', (open) => {
  it('can be registered itself, and leaves its base as it is', async () => {
    const WebSession = makePlainModel()
    class Special extends WebSession {
      @Column(DataType.STRING) declare special: string | null
    }
    const sequelize = open()
    const Web = registerSessionModel(sequelize, WebSession)
    const Specials = registerSessionModel(sequelize, Special)
    expect(Web.getAttributes()).not.to.have.property('special')
    expect(managerOf(Specials).options.backend.columns.map(({ name }) => name)).to.include('special')
    expect(managerOf(Web).options.backend.columns.map(({ name }) => name)).to.deep.equal(['userId'])
  })

  it('does not take the place of its base when it is merely listed', async () => {
    const WebSession = makePlainModel()
    class Special extends WebSession {
      @Column(DataType.STRING) declare special: string | null
    }
    const sequelize = open()
    const Web = registerSessionModel(sequelize, WebSession)
    registerSessionModel(Model, Special)
    sequelize.addModels([Special])
    await Web.sync({ force: true })
    await managerOf(Web).set('id', { userId: 1 })
    expect(await managerOf(Web).get('id')).to.deep.equal({ userId: 1 })
    expect(managerOf(Web).options.backend.columns.map(({ name }) => name)).to.deep.equal(['userId'])
  })
})
