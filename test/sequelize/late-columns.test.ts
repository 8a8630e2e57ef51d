import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { BelongsTo, Column, DataType, HasMany, Model, type Sequelize, Table } from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

const key = { foreignKey: 'userId', onDelete: 'CASCADE' } as const

function newModels(name: string) {
  @Table({ tableName: `sequelize_late_users_${name}`, timestamps: false })
  class User extends Model {
    @Column({ type: DataType.INTEGER, primaryKey: true }) declare id: number
  }
  @Table({ timestamps: false })
  @SessionModel({ tableName: `sequelize_late_sessions_${name}` })
  class WebSession extends Model {}
  return { User, WebSession }
}

type Models = ReturnType<typeof newModels>

/** Each gives the registered model, with a foreign key that no column declares. */
const ways: Record<string, (sequelize: Sequelize, models: Models) => ReturnType<typeof registered>> = {
  '@BelongsTo': (sequelize, { User, WebSession }) => {
    BelongsTo(() => User, key)(WebSession.prototype, 'user')
    sequelize.addModels([User])
    return registered(sequelize, WebSession)
  },
  '@HasMany of the other model, both listed before': (sequelize, { User, WebSession }) => {
    HasMany(() => WebSession, key)(User.prototype, 'sessions')
    sequelize.addModels([User, WebSession])
    return registered(sequelize, WebSession)
  },
  '@HasMany of the other model, listed after': (sequelize, { User, WebSession }) => {
    HasMany(() => WebSession, key)(User.prototype, 'sessions')
    const Sessions = registered(sequelize, WebSession)
    sequelize.addModels([User])
    return Sessions
  },
  'belongsTo() before the model is registered': (sequelize, { User, WebSession }) => {
    sequelize.addModels([User, WebSession])
    WebSession.belongsTo(User, { ...key, as: 'user' })
    return registered(sequelize, WebSession)
  },
  'belongsTo() later': (sequelize, { User, WebSession }) => {
    sequelize.addModels([User])
    const Sessions = registered(sequelize, WebSession)
    Sessions.belongsTo(User, { ...key, as: 'user' })
    return Sessions
  },
  'hasOne() of the other model': (sequelize, { User, WebSession }) => {
    sequelize.addModels([User])
    const Sessions = registered(sequelize, WebSession)
    User.hasOne(Sessions, { ...key, as: 'session' })
    return Sessions
  },
}

function registered(sequelize: Sequelize, model: Models['WebSession']) {
  return registerSessionModel(sequelize, model)
}

describeEach('a foreign key that only an association adds', (open) => {
  for (const [index, [way, register]] of Object.entries(ways).entries()) {
    it(`is a property of the session: ${way}`, async () => {
      const sequelize = open()
      const models = newModels(String(index))
      const Sessions = register(sequelize, models)
      await sequelize.sync({ force: true })
      await models.User.create({ id: 42 })
      const manager = managerOf(Sessions)
      await manager.set('id', { userId: 42, note: 1 })
      await checkOwned(manager, Sessions)
      await models.User.destroy({ where: { id: 42 } })
      expect(await manager.get('id')).to.equal(undefined)
    })
  }

  it('is one from then on, if the association comes after requests', async () => {
    const sequelize = open()
    const { User, WebSession } = newModels('running')
    sequelize.addModels([User])
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync({ force: true })
    const manager = managerOf(Sessions)
    await manager.set('before', { note: 1 })
    await Promise.all([manager.set('before', { note: 2 }), manager.get('before')])
    Sessions.belongsTo(User, { ...key, as: 'user' })
    await sequelize.sync({ force: true })
    await User.create({ id: 42 })
    await Promise.all(['id', 'other'].map((id) => manager.set(id, { userId: 42, note: 1 })))
    await manager.delete('other')
    await checkOwned(manager, Sessions)
  })

  it('is refused where no session could be stored, or the name is one of sessions', async () => {
    const sequelize = open()
    const { User, WebSession } = newModels('refused')
    sequelize.addModels([User])
    const Sessions = registerSessionModel(sequelize, WebSession)
    const required = { as: 'user', foreignKey: { name: 'userId', allowNull: false } }
    await expectError('COLUMN_REQUIRED', () => Sessions.belongsTo(User, required))
    await expectError('COLUMN_RESERVED', () => Sessions.belongsTo(User, { as: 'other', foreignKey: 'save' }))
    const Decorated = newModels('refused_decorated').WebSession
    BelongsTo(() => User, { foreignKey: { name: 'userId', allowNull: false } })(Decorated.prototype, 'user')
    await expectError('COLUMN_REQUIRED', () => registerSessionModel(sequelize, Decorated))
    sequelize.modelManager.models.splice(0)
  })

  async function checkOwned(manager: ReturnType<typeof managerOf>, Sessions: ReturnType<typeof registered>) {
    expect(await manager.get('id')).to.deep.equal({ userId: 42, note: 1 })
    const row = await Sessions.findOne({ rejectOnEmpty: true })
    expect(row.get('userId')).to.equal(42)
    expect(row.data).to.not.contain('userId')
    expect(await manager.list({ userId: 42 } as never)).to.have.lengthOf(1)
  }
})
