import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { DataType, Model } from 'sequelize-typescript'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

describeEach('data in a column of JSON', (open) => {
  it('is written, read and rotated with its metadata', async () => {
    @SessionModel({ tableName: 'sequelize_json_data', columns: { data: { type: DataType.JSON } } })
    class WebSession extends Model {}
    const sequelize = open()
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync({ force: true })
    const manager = managerOf(Sessions)
    const { id } = await manager.create({ n: 1, text: 'é\u0000"' }, { maxAge: '1h' })
    const other = await manager.create({ n: 1 })
    await Promise.all([manager.set(id, { n: 2, text: '' }), manager.set(other.id, { n: 3 })])
    expect(await manager.get(id)).to.deep.equal({ n: 2, text: '' })
    expect(await manager.get(other.id)).to.deep.equal({ n: 3 })
    const session = await manager.store.load(id)
    expect(session?.maxAge).to.equal(3_600_000)
    expect(await session?.rotate()).to.equal('written')
    expect(await manager.get(String(session?.id))).to.deep.equal({ n: 2, text: '' })
    const row = await Sessions.findByPk(manager.rowId(other.id), { rejectOnEmpty: true })
    expect(row.get('data')).to.satisfy((data: unknown) => JSON.stringify(data).includes('n'))
  })
})
