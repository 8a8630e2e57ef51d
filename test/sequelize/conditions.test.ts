import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Op } from 'sequelize'
import { Column, DataType, Model } from 'sequelize-typescript'
import { Clock } from '../support/clock.js'
import { describeEach } from './support/databases.js'

const clock = new Clock()
let tables = 0

describeEach('expired and active as conditions', (open) => {
  async function fill() {
    @SessionModel({ tableName: `sequelize_conditions_${tables++}`, now: clock.now })
    class WebSession extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
    }
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    for (const [userId, seconds] of [-3600, 0, 1, 3600].entries()) {
      const expires = new Date(clock.now() + seconds * 1000)
      await Sessions.create({ id: String(userId).repeat(64), data: '{}', expires, createdAt: new Date(), userId })
    }
    return Sessions
  }

  const ids = (rows: readonly { userId: number | null }[]) => rows.map(({ userId }) => userId)

  it('select rows: the moment itself is expired', async () => {
    const Sessions = await fill()
    const order: [string, string][] = [['userId', 'ASC']]
    expect(ids(await Sessions.findAll({ where: Sessions.expired, order }))).to.deep.equal([0, 1])
    expect(ids(await Sessions.findAll({ where: Sessions.active, order }))).to.deep.equal([2, 3])
    expect(await Sessions.findOne({ where: Sessions.active, order })).to.include({ userId: 2 })
    expect(await Sessions.count({ where: Sessions.expired })).to.equal(2)
    const { count, rows } = await Sessions.findAndCountAll({ where: Sessions.active, limit: 1, order })
    expect([count, ids(rows)]).to.deep.equal([2, [2]])
  })

  it('agree with the members of the row', async () => {
    const Sessions = await fill()
    const rows = await Sessions.findAll({ order: ['userId'] })
    expect(rows.map(({ expired }) => expired)).to.deep.equal([true, true, false, false])
    expect(rows.map(({ active }) => active)).to.deep.equal([false, false, true, true])
  })

  it('combine with other conditions, and can be negated', async () => {
    const Sessions = await fill()
    expect(await Sessions.count({ where: { userId: 0, ...Sessions.expired } })).to.equal(1)
    expect(await Sessions.count({ where: { [Op.and]: [{ userId: 0 }, Sessions.active] } })).to.equal(0)
    expect(await Sessions.count({ where: { [Op.or]: [Sessions.expired, { userId: 3 }] } })).to.equal(3)
    expect(await Sessions.count({ where: { [Op.not]: Sessions.expired } })).to.equal(2)
  })

  it('can be used twice', async () => {
    const Sessions = await fill()
    const { expired } = Sessions
    expect(await Sessions.count({ where: expired })).to.equal(2)
    expect(await Sessions.count({ where: expired })).to.equal(2)
  })

  it('update and delete rows', async () => {
    const Sessions = await fill()
    expect(await Sessions.update({ userId: 9 }, { where: Sessions.active })).to.deep.equal([2])
    expect(await Sessions.destroy({ where: Sessions.expired })).to.equal(2)
    expect(ids(await Sessions.findAll())).to.deep.equal([9, 9])
  })

  it('are fresh: a new one knows the time that has passed', async () => {
    const Sessions = await fill()
    const [before, row] = [Sessions.active, await Sessions.findOne({ where: { userId: 2 }, rejectOnEmpty: true })]
    clock.pass(2)
    expect(row.expired).to.equal(true)
    expect(await Sessions.count({ where: Sessions.active })).to.equal(1)
    expect(await Sessions.count({ where: before })).to.equal(2)
  })
})
