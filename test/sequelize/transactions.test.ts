import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model, Table } from 'sequelize-typescript'
import { useCls } from './support/cls.js'
import { describeServers } from './support/databases.js'
import { managerOf } from './support/manager.js'
import { rowOf, updateOf } from './support/writes.js'

describeServers("transactions of the application (Sequelize's CLS)", (open) => {
  let stopCls: () => void
  before(() => {
    stopCls = useCls()
  })
  after(() => stopCls())

  async function store() {
    @Table({ tableName: 'sequelize_transactions_orders', timestamps: false })
    class Order extends Model {
      @Column(DataType.STRING) declare item: string
    }
    @SessionModel({ tableName: 'sequelize_transactions' })
    class WebSession extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
    }
    const sequelize = open({ models: [Order] })
    const Sessions = registerSessionModel(sequelize, WebSession)
    await sequelize.sync({ force: true })
    const manager = managerOf(Sessions)
    await manager.set('changed', { userId: 1 })
    await manager.set('deleted', { userId: 1 })
    await manager.set('revoked', { userId: 9 })
    /** Does the work between an order and its undoing. */
    const undone = async (work: () => Promise<void>) => {
      const failed = sequelize.transaction(async () => {
        await Order.create({ item: 'tea' })
        await work()
        throw new Error('no more tea')
      })
      expect(await failed.catch((error: unknown) => error)).to.have.property('message', 'no more tea')
      expect(await Order.count()).to.equal(0)
    }
    return { Sessions, manager, undone }
  }

  it('do not take what is stored in a session with them', async () => {
    const { manager, undone } = await store()
    await undone(async () => {
      await manager.set('new', { userId: 2 })
      await manager.set('changed', { userId: 3 })
      await manager.delete('deleted')
      await manager.revoke({ userId: 9 })
      expect(await manager.get('new')).to.deep.equal({ userId: 2 })
    })
    expect(await manager.get('new')).to.deep.equal({ userId: 2 })
    expect(await manager.get('changed')).to.deep.equal({ userId: 3 })
    expect(await manager.get('deleted')).to.equal(undefined)
    expect(await manager.get('revoked')).to.equal(undefined)
  })

  it('do not take what is written to several sessions at once with them', async () => {
    const { Sessions, undone } = await store()
    const backend = Sessions[sessionBackend]()
    await backend.insert(['a', 'b'].map(rowOf))
    await undone(async () => {
      expect(await backend.update(['a', 'b'].map((id) => updateOf(id)))).to.deep.equal([true, true])
    })
    expect((await backend.find(['a', 'b'])).map((row) => row.version)).to.deep.equal([2, 2])
  })

  it('do not take back that expired sessions, or all, are removed', async () => {
    const { Sessions, manager, undone } = await store()
    await Sessions.update({ expires: new Date(0) }, { where: { userId: 9 } })
    await undone(async () => {
      expect(await manager.deleteExpired()).to.equal(1)
    })
    expect(await Sessions.count()).to.equal(2)
    await undone(async () => {
      expect(await manager.deleteAll()).to.equal(2)
    })
    expect(await Sessions.count()).to.equal(0)
  })

  it('do not show a session what they have not committed', async () => {
    const { Sessions, manager, undone } = await store()
    await undone(async () => {
      await Sessions.update({ userId: 7 }, { where: { userId: 1 } })
      expect(await manager.list({ userId: 7 })).to.deep.equal([])
    })
  })
})
