import { randomUUID } from 'node:crypto'
import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Sequelize } from 'sequelize'
import { AllowNull, Column, DataType, Default, Model } from 'sequelize-typescript'
import { describeEach } from './support/databases.js'
import { managerOf, sessionOf } from './support/manager.js'

describeEach('defaults of columns', (open) => {
  async function store() {
    @SessionModel({ tableName: 'sequelize_defaults' })
    class WebSession extends Model {
      @Default(5) @AllowNull(false) @Column(DataType.INTEGER) declare lives: number
      @Default(false) @Column(DataType.BOOLEAN) declare trusted: boolean | null
      @Default('') @Column(DataType.STRING) declare label: string | null
      @Default(DataType.UUIDV4) @AllowNull(false) @Column(DataType.UUID) declare token: string
      @Default(DataType.NOW) @AllowNull(false) @Column(DataType.DATE) declare since: Date
      @Default(() => 7) @AllowNull(false) @Column(DataType.INTEGER) declare computed: number
      @Default(Sequelize.literal('(1 + 2)')) @AllowNull(false) @Column(DataType.INTEGER) declare sum: number
    }
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    return { Sessions, manager: managerOf(Sessions) }
  }

  it('are in the row of a new session, and literal ones in the session at once', async () => {
    const { manager } = await store()
    const session = await sessionOf(manager)
    const { lives, trusted, label } = session.properties.toObject()
    expect({ lives, trusted, label }).to.deep.equal({ lives: 5, trusted: false, label: '' })
    session.properties.set('cart', 1)
    await session.commit()
    const stored = { ...(await manager.get(session.id)) }
    expect(stored).to.include({ lives: 5, trusted: false, label: '', computed: 7, sum: 3, cart: 1 })
    expect(stored.token).to.match(/^[0-9a-f-]{36}$/)
    expect(stored.since).to.be.instanceOf(Date)
  })

  it('are not what an update of something else brings back', async () => {
    const { Sessions, manager } = await store()
    await manager.set('id', { lives: 0, trusted: true, label: 'x', computed: 1, sum: 0 })
    const before = await Sessions.findOne({ rejectOnEmpty: true })
    const session = await sessionOf(manager, 'id')
    session.properties.set('cart', 1)
    await session.commit()
    const after = await Sessions.findOne({ rejectOnEmpty: true })
    const { lives, trusted, label, computed, sum, token, since } = before
    expect(after).to.deep.include({ lives, trusted, label, computed, sum, token, since })
    expect([lives, trusted, label, computed, sum]).to.deep.equal([0, true, 'x', 1, 0])
  })

  it('are what removing a property leaves', async () => {
    const { manager } = await store()
    const since = new Date(0)
    await manager.set('id', { lives: 0, trusted: true, label: 'x', computed: 1, sum: 0, since, token: randomUUID() })
    const before = await manager.get('id')
    await manager.set('id', { cart: 1 })
    const after = await manager.get('id')
    expect(after).to.include({ lives: 5, trusted: false, label: '', computed: 7, sum: 3, cart: 1 })
    expect(after?.token)
      .to.match(/^[0-9a-f-]{36}$/)
      .and.not.equal(before?.token)
    expect(after?.since).to.be.above(since)
  })
})

describeEach('defaults of JSON columns', (open) => {
  it('are in a new session, each with a copy of its own (skipped with mysql on MariaDB: JSON is text there)', async function () {
    const sequelize = open()
    if (sequelize.getDialect() === 'mysql') return this.skip()
    @SessionModel({ tableName: 'sequelize_defaults_json' })
    class WebSession extends Model {
      @Default({ theme: 'dark' }) @Column(DataType.JSON) declare settings: { theme: string } | null
    }
    const Sessions = registerSessionModel(sequelize, WebSession)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    const first = await sessionOf(manager)
    Object.assign(first.properties.get('settings') as object, { theme: 'light' })
    await first.commit()
    expect(await manager.get(first.id)).to.deep.equal({ settings: { theme: 'light' } })
    await manager.set('second', { cart: 1 })
    expect(await manager.get('second')).to.deep.equal({ settings: { theme: 'dark' }, cart: 1 })
    expect((await sessionOf(manager)).properties.get('settings')).to.deep.equal({ theme: 'dark' })
  })
})

describeEach('a key of its own that Sequelize makes', (open) => {
  it('is no property of the session, and stays', async () => {
    @SessionModel({ tableName: 'sequelize_defaults_key' })
    class WebSession extends Model {
      @Default(DataType.UUIDV4) @Column({ type: DataType.UUID, primaryKey: true }) declare key: string
    }
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    await manager.set('id', { n: 1 })
    const { key } = await Sessions.findOne({ rejectOnEmpty: true })
    await manager.set('id', { n: 2 })
    expect(await manager.get('id')).to.deep.equal({ n: 2 })
    expect(await Sessions.findOne()).to.include({ key })
  })
})
