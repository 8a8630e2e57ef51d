import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { BelongsTo, Column, DataType, ForeignKey, HasMany, Model, Table } from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { describeEach, describeSqlite } from './support/databases.js'
import { managerOf } from './support/manager.js'

function makeUser(tableName: string) {
  @Table({ tableName, timestamps: false })
  class User extends Model {
    @Column(DataType.STRING) declare name: string
  }
  return User
}

function makePair(suffix: string) {
  @Table({ tableName: `sequelize_association_users_${suffix}`, timestamps: false })
  class User extends Model {
    @Column(DataType.STRING) declare name: string
    @HasMany(() => WebSession) declare sessions: WebSession[]
  }
  @Table({ timestamps: false })
  @SessionModel({ tableName: `sequelize_association_sessions_${suffix}` })
  class WebSession extends Model {
    @ForeignKey(() => User) @Column(DataType.INTEGER) declare userId: number | null
    @BelongsTo(() => User, { onDelete: 'CASCADE' }) declare user: User | null
  }
  return { User, WebSession }
}

describeEach('a model with associations', (open) => {
  it('keeps the foreign key as a property of the session', async () => {
    const User = makeUser('sequelize_association_users')
    @SessionModel({ tableName: 'sequelize_association_sessions' })
    class WebSession extends Model {
      @ForeignKey(() => User) @Column(DataType.INTEGER) declare userId: number | null
      @BelongsTo(() => User, { onDelete: 'CASCADE' }) declare user: InstanceType<typeof User> | null
    }
    const sequelize = open({ models: [User] })
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync({ force: true })
    const ada = await User.create({ name: 'Ada' })
    const manager = managerOf(Sessions)
    await manager.set('id', { userId: ada.id, cart: 1 })
    expect(await manager.get('id')).to.deep.equal({ userId: ada.id, cart: 1 })
    const row = await Sessions.findOne({ include: [User], rejectOnEmpty: true })
    expect(row.user?.name).to.equal('Ada')
    await ada.destroy()
    expect(await manager.get('id')).to.equal(undefined)
  })

  it('works both ways, if the model is listed with the other and registered then', async () => {
    const { User, WebSession } = makePair('listed')
    const sequelize = open({ models: [User, WebSession] })
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync({ force: true })
    await checkBothWays(User, Sessions)
  })

  it('works both ways, if the model is registered on Model and listed then', async () => {
    const { User, WebSession } = makePair('based')
    const Sessions = registerSessionModel(Model, WebSession)
    const sequelize = open({ models: [User, Sessions] })
    await sequelize.sync({ force: true })
    await checkBothWays(User, Sessions)
  })

  async function checkBothWays(
    User: ReturnType<typeof makePair>['User'],
    Sessions: ReturnType<typeof registerSessionModel<ReturnType<typeof makePair>['WebSession']>>,
  ) {
    const { id } = await User.create({ name: 'Ada' })
    await managerOf(Sessions).set('id', { userId: id })
    const where = Sessions.active
    const user = await User.findOne({ include: [{ model: Sessions, where }], rejectOnEmpty: true })
    expect(user.sessions.map((row) => row.userId)).to.deep.equal([id])
    expect(await User.count({ include: [{ model: Sessions, where: Sessions.expired }] })).to.equal(0)
  }
})

describeSqlite('an association with a model that is not in the instance', (open) => {
  it('is refused with the reason, and can be repeated', async () => {
    const User = makeUser('sequelize_association_missing_users')
    @SessionModel({ tableName: 'sequelize_association_missing' })
    class WebSession extends Model {
      @ForeignKey(() => User) @Column(DataType.INTEGER) declare userId: number | null
      @BelongsTo(() => User) declare user: InstanceType<typeof User> | null
    }
    const sequelize = open()
    const error = await expectError('MODEL_CLASS', () => registerSessionModel(sequelize, WebSession))
    expect(error.message).to.contain('User')
    expect(error.cause).to.be.instanceOf(Error)
    expect(sequelize.modelManager.models).to.have.lengthOf(0)
    sequelize.addModels([User])
    expect(registerSessionModel(sequelize, WebSession).associations).to.have.property('user')
  })
})
