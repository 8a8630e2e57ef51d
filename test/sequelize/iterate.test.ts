import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, DefaultScope, Model, Scopes, Table } from 'sequelize-typescript'
import { Clock } from '../support/clock.js'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

let tables = 0

describeEach('counts and iterates', (open) => {
  it('by renamed columns, with dates in another type', async () => {
    @SessionModel({
      tableName: `sequelize_iterate_${tables++}`,
      columns: { id: 'session_key', expires: 'valid_until', createdAt: { name: 'began_at', type: DataType.BIGINT } },
    })
    class Renamed extends Model {
      @Column({ type: DataType.INTEGER, field: 'user_key' }) declare userId: number | null
    }
    const Sessions = registerSessionModel(open(), Renamed)
    await Sessions.sync({ force: true })
    const clock = new Clock()
    const manager = managerOf(Sessions, { now: clock.now, absoluteTimeout: '60s' })
    for (const userId of [1, 1, 2]) {
      await manager.create({ userId })
      clock.pass(20)
    }
    expect(await manager.count()).to.equal(2)
    expect(await manager.count({ userId: 1 })).to.equal(1)
    expect(await manager.list({}, { order: 'id', limit: 1 })).to.have.length(1)
    expect(await lengthOf(manager.iterate({ userId: 1 }, { batch: 1 }))).to.equal(1)
  })

  it('no session of a paranoid model that has ended, whatever the scope', async () => {
    @DefaultScope(() => ({ where: { userId: 5 } }))
    @Scopes(() => ({}))
    @Table({ tableName: `sequelize_iterate_${tables++}`, timestamps: true, paranoid: true })
    @SessionModel()
    class Soft extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
    }
    const Sessions = registerSessionModel(open(), Soft)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    for (const id of ['one', 'two']) await manager.set(id, { userId: 1 })
    await manager.delete('one')
    expect(await manager.count()).to.equal(1)
    expect(await manager.count({ userId: 1 })).to.equal(1)
    expect(await manager.list({}, { order: 'id' })).to.have.length(1)
  })

  it('with its hooks, which may narrow the condition of a count and change nothing else', async () => {
    @SessionModel({ tableName: `sequelize_iterate_${tables++}` })
    class Hooked extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
    }
    const Sessions = registerSessionModel(open(), Hooked)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    for (const [id, userId] of Object.entries({ one: 1, two: 1, three: 2 })) await manager.set(id, { userId })
    const seen: string[][] = []
    Sessions.addHook('beforeCount', (options) => {
      seen.push(Object.keys(options))
      Object.assign(options, { distinct: true, col: 'userId', group: ['userId'], attributes: ['id'], plain: false })
      Object.assign(options, { limit: 1, paranoid: false, raw: false })
    })
    expect(await manager.count()).to.equal(3)
    expect(seen).to.have.length(1)
    Sessions.addHook('beforeCount', (options) => {
      const { where } = options as { where: object }
      Object.assign(options, { where: { ...where, userId: 1 } })
    })
    expect(await manager.count()).to.equal(2)
  })
})

async function lengthOf(sessions: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _ of sessions) count++
  return count
}
