import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, DefaultScope, Model, Scopes } from 'sequelize-typescript'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

describeEach('a default scope', (open) => {
  async function store() {
    @DefaultScope(() => ({ where: { userId: 1 }, attributes: ['userId'], limit: 1 }))
    @Scopes(() => ({ nobody: { where: { userId: null } } }))
    @SessionModel({ tableName: 'sequelize_scopes' })
    class WebSession extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
      @Column(DataType.STRING) declare label: string | null
    }
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    const manager = managerOf(Sessions)
    await manager.set('one', { userId: 1, label: 'a', cart: 1 })
    await manager.set('two', { userId: 2, label: 'b', cart: 2 })
    return { Sessions, manager }
  }

  it('hides no session, and no property of one', async () => {
    const { manager } = await store()
    expect(await manager.get('two')).to.deep.equal({ userId: 2, label: 'b', cart: 2 })
    expect(await manager.list({ label: 'b' })).to.have.lengthOf(1)
  })

  it('keeps no session from being changed and ended', async () => {
    const { Sessions, manager } = await store()
    await manager.set('two', { userId: 3 })
    expect(await manager.get('two')).to.deep.equal({ userId: 3, label: null })
    expect(await manager.revoke({ userId: 3 })).to.equal(1)
    await Sessions.unscoped().update({ userId: 9, expires: new Date(0) }, { where: {} })
    expect(await manager.deleteExpired()).to.equal(1)
    await manager.set('three', { userId: 4 })
    expect(await manager.deleteAll()).to.equal(1)
  })

  it('still is what the model itself is asked with', async () => {
    const { Sessions } = await store()
    expect(await Sessions.count({ where: Sessions.active })).to.equal(1)
    expect(await Sessions.scope('nobody').count({ where: Sessions.active })).to.equal(0)
    expect(await Sessions.unscoped().count({ where: Sessions.active })).to.equal(2)
  })
})
