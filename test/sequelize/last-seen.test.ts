import { expect } from 'chai'
import { SessionModel, type SessionModelOptions, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { BeforeBulkUpdate, Column, DataType, Model, type ModelCtor, Table } from 'sequelize-typescript'
import { Clock } from '../support/clock.js'
import { expectError } from '../support/errors.js'
import { describeEach, describeSqlite } from './support/databases.js'
import { managerOf } from './support/manager.js'

const table = 'sequelize_last_seen'
type LastSeenOption = NonNullable<SessionModelOptions['columns']>['lastSeenAt']

/** A model that does not declare the column. */
function modelWith(lastSeenAt: LastSeenOption) {
  @SessionModel({ tableName: table, columns: lastSeenAt === undefined ? {} : { lastSeenAt } })
  class WebSession extends Model {
    @Column(DataType.INTEGER) declare userId: number | null
  }
  return WebSession
}

/** The same with a hook, so that Sequelize's own update is taken. */
function hookedWith(lastSeenAt: LastSeenOption) {
  @SessionModel({ tableName: table, columns: lastSeenAt === undefined ? {} : { lastSeenAt } })
  class WebSession extends Model {
    @Column(DataType.INTEGER) declare userId: number | null
    @BeforeBulkUpdate static hear(): void {}
  }
  return WebSession
}

/** A model that declares the column itself. */
function declaring(type: unknown, lastSeenAt?: LastSeenOption) {
  @SessionModel({ tableName: table, columns: lastSeenAt === undefined ? {} : { lastSeenAt } })
  class WebSession extends Model {
    @Column(type as never) declare lastSeenAt: Date | null
  }
  return WebSession
}

const types: readonly (readonly [name: string, option: LastSeenOption])[] = [
  ['true', true],
  ['another name', 'last_seen'],
  ['DATE(3)', { type: DataType.DATE(3) }],
  ['BIGINT', { type: DataType.BIGINT }],
  ['seconds', { unit: 'seconds' }],
]

describeEach('the column lastSeenAt', (open) => {
  for (const [way, make] of [
    ['our statements', modelWith],
    ["the ORM's own update", hookedWith],
  ] as const) {
    for (const [name, option] of types) {
      it(`is kept by ${way}: ${name}`, async () => {
        const Sessions = registerSessionModel(open(), make(option))
        await Sessions.sync({ force: true })
        const clock = new Clock()
        const manager = managerOf(Sessions, { now: clock.now })
        const lastSeen = async () => (await manager.list({ userId: 1 }))[0]?.lastSeenAt?.getTime()
        await manager.set('a', { userId: 1 })
        expect(await lastSeen()).to.equal(clock.now())
        clock.pass(60)
        await manager.get('a')
        expect(await lastSeen()).to.equal(clock.now())
        const row = await Sessions.findOne({ where: { userId: 1 }, rejectOnEmpty: true })
        expect(row.lastSeenAt).to.deep.equal(new Date(clock.now()))
        const behind = managerOf(Sessions, { now: () => clock.now() - 9000, lastSeen: { every: 0 } })
        await behind.get('a')
        await behind.set('a', { userId: 1 })
        expect(await lastSeen()).to.equal(clock.now())
        clock.pass(10)
        await manager.set('a', { userId: 1, n: 1 })
        expect(await lastSeen()).to.equal(clock.now())
      })
    }
  }

  it('is kept in a date column that the model declares, and is no session property', async () => {
    const Sessions = registerSessionModel(open(), declaring(DataType.DATE(3)))
    await Sessions.sync({ force: true })
    const backend = Sessions[sessionBackend]()
    expect(backend.columns.map(({ name }) => name)).to.deep.equal([])
    const clock = new Clock()
    const manager = managerOf(Sessions, { now: clock.now })
    await manager.set('a', { n: 1 })
    clock.pass(60)
    await manager.get('a')
    expect((await Sessions.findOne({ rejectOnEmpty: true })).lastSeenAt).to.deep.equal(new Date(clock.now()))
  })
})

describeSqlite('which column is lastSeenAt', (open) => {
  const register = (model: ModelCtor) => registerSessionModel(open(), model)
  const isKept = (model: ModelCtor) => register(model)[sessionBackend]().capabilities.lastSeenDates

  it('is none unless the model declares or asks for it', () => {
    expect(isKept(modelWith(undefined))).to.equal(false)
    expect(isKept(modelWith(true))).to.equal(true)
  })

  it('must hold a moment, and be written by nobody else', async () => {
    await expectError('COLUMN_TYPE', () => register(declaring(DataType.STRING)))
    @SessionModel({ tableName: table })
    @Table({ updatedAt: 'lastSeenAt' })
    class Moving extends Model {}
    await expectError('COLUMN_TYPE', () => register(Moving))
  })

  it('is reserved: a property of this name cannot be the own affair of the application', async () => {
    await expectError('COLUMN_RESERVED', () => register(declaring(DataType.DATE, false)))
  })
})
