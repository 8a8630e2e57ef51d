import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Op } from 'sequelize'
import { Column, DataType, Model } from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { expressMysqlSession } from '../support/old-stores.js'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

const hour = 3_600_000

describeEach("express-mysql-session's table", (open, { server }) => {
  if (server !== 'mariadb') return
  it('is adopted with its rows', async () => {
    const table = 'sequelize_express_mysql'
    const old = await expressMysqlSession(table)
    await old.set('alive', { cookie: { originalMaxAge: hour, expires: new Date(Date.now() + hour) }, userId: 7 })
    await old.set('dead', { cookie: { expires: new Date(Date.now() - 1000) } })
    @SessionModel({
      tableName: table,
      columns: {
        id: { name: 'session_id' },
        data: { type: DataType.TEXT('medium') },
        expires: { unit: 'seconds' },
        createdAt: false,
        version: false,
      },
    })
    class WebSession extends Model {}
    const Sessions = registerSessionModel(open(), WebSession)
    const manager = managerOf(Sessions, { hashIds: false, maxAge: hour })
    expect(await manager.get('alive')).to.deep.include({ userId: 7 })
    expect(await manager.get('dead')).to.equal(undefined)
    await manager.set('alive', { userId: 8 })
    expect(await old.get('alive')).to.deep.include({ userId: 8 })
    expect(await manager.deleteExpired()).to.equal(1)
  })
})

describeEach('an expiry in seconds', (open) => {
  it('ends a session in its second, and is a date on the row', async () => {
    let now = Math.floor(Date.now() / 1000) * 1000
    @SessionModel({
      tableName: 'sequelize_seconds',
      columns: { expires: { unit: 'seconds' }, createdAt: { unit: 'seconds', type: DataType.INTEGER.UNSIGNED } },
      now: () => now,
    })
    class WebSession extends Model {
      declare readonly expires: Date
    }
    const sequelize = open()
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync({ force: true })
    const manager = managerOf(Sessions, { maxAge: 10_500, rolling: false })
    const { id } = await manager.create({ n: 1 })
    const row = await Sessions.findOne({ rejectOnEmpty: true })
    expect(row.expires).to.deep.equal(new Date(now + 10_000))
    now += 9_999
    expect(await manager.get(id)).to.deep.equal({ n: 1 })
    expect(await Sessions.count({ where: Sessions.active })).to.equal(1)
    expect(await Sessions.count({ where: { expires: { [Op.lt]: new Date(now + 5000) } } })).to.equal(1)
    now += 1
    expect(await manager.get(id)).to.equal(undefined)
    expect(await Sessions.count({ where: Sessions.expired })).to.equal(1)
    await row.update({ expires: new Date(now + 60_000) })
    expect(await manager.get(id)).to.deep.equal({ n: 1 })
  })

  it('is refused for a type that holds no seconds, and for a column of the model', async () => {
    @SessionModel({ columns: { expires: { unit: 'seconds', type: DataType.DATE } } })
    class Dated extends Model {}
    await expectError('COLUMN_TYPE', () => registerSessionModel(open(), Dated))
    @SessionModel({ columns: { expires: { unit: 'seconds' } } })
    class Own extends Model {
      @Column(DataType.BIGINT) declare expires: number
    }
    await expectError('OPTION_INVALID', () => registerSessionModel(open(), Own))
    await expectError('OPTION_INVALID', () => SessionModel({ columns: { id: { unit: 'seconds' } } })(class {}))
    await expectError('OPTION_INVALID', () =>
      SessionModel({ columns: { expires: { unit: 'minutes' as 'seconds' } } })(class {}),
    )
  })
})
