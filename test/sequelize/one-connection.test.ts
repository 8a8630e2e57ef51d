import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model, Table } from 'sequelize-typescript'
import { expectError } from '../support/errors.js'
import { idle } from '../support/passing-time.js'
import { describeServers } from './support/databases.js'
import { managerOf } from './support/manager.js'

describeServers('transactions of the application on the only connection of a pool', (open) => {
  async function store(timeout: number) {
    @Table({ tableName: 'sequelize_one_connection_orders', timestamps: false })
    class Order extends Model {
      @Column(DataType.STRING) declare item: string
    }
    @SessionModel({ tableName: 'sequelize_one_connection' })
    class WebSession extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
    }
    const sequelize = open({ models: [Order], pool: { max: 1 } })
    const manager = managerOf(registerSessionModel(sequelize, WebSession), { timeout })
    await sequelize.sync({ force: true })
    await manager.set('changed', { userId: 1 })
    await manager.set('ended', { userId: 2 })
    /** Does the work between an order and its undoing. */
    const undone = async (work: () => Promise<void>) => {
      const failed = sequelize.transaction(async (transaction) => {
        await Order.create({ item: 'tea' }, { transaction })
        await work()
        throw new Error('no more tea')
      })
      expect(await failed.catch((error: unknown) => error)).to.have.property('message', 'no more tea')
      expect(await Order.count()).to.equal(0)
    }
    const users = () => Promise.all(['new', 'changed', 'ended'].map(async (id) => (await manager.get(id))?.userId))
    return { manager, undone, users }
  }

  it('take nothing back of what other requests store, which waits for their end', async () => {
    const { manager, undone, users } = await store(10_000)
    let changed: Promise<unknown> | undefined
    await undone(async () => {
      const work = [manager.set('new', { userId: 3 }), manager.set('changed', { userId: 4 }), manager.delete('ended')]
      changed = Promise.all(work)
      await idle()
    })
    await changed
    expect(await users()).to.deep.equal([3, 4, undefined])
  })

  it('are not joined from inside: storing fails at the time limit, and the connection is free later', async () => {
    const { manager, undone, users } = await store(200)
    await undone(async () => {
      await expectError('BACKEND_TIMEOUT', () => manager.set('new', { userId: 3 }))
    })
    expect(await users()).to.deep.equal([undefined, 1, 2])
    await manager.set('new', { userId: 3 })
    expect(await users()).to.deep.equal([3, 1, 2])
  })
})
