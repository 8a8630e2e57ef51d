import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model, Sequelize } from 'sequelize-typescript'
import { servers } from '../support/databases.js'
import { describeServers } from './support/databases.js'
import { managerOf } from './support/manager.js'

describeServers('replication', (open, { name, server = 'postgres' }) => {
  const replica = `test_replica_${name.replace(/\W+/g, '_').toLowerCase()}`
  let primary: Sequelize

  before(async () => {
    primary = open()
    await primary.query(`DROP DATABASE IF EXISTS ${replica}`)
    await primary.query(`CREATE DATABASE ${replica}`)
  })
  after(() => primary.query(`DROP DATABASE IF EXISTS ${replica}`))

  it('sessions are read where they are written', async () => {
    @SessionModel({ tableName: 'sequelize_replication' })
    class WebSession extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
    }
    const write = servers[server]
    const replication = { write, read: [{ ...write, database: replica }] }
    const replicated = new Sequelize({ dialect: primary.getDialect() as 'postgres', logging: false, replication })
    try {
      const Sessions = registerSessionModel(replicated, WebSession)
      await primary.getQueryInterface().createTable(Sessions.tableName, Sessions.getAttributes())
      const manager = managerOf(Sessions)
      await manager.set('id', { userId: 1 })
      await manager.set('id', { userId: 2 })
      expect(await manager.get('id')).to.deep.equal({ userId: 2 })
      expect(await manager.list({ userId: 2 })).to.have.lengthOf(1)
      expect(await manager.deleteExpired()).to.equal(0)
      expect(await manager.revoke({ userId: 2 })).to.equal(1)
      const elsewhere: unknown = await Sessions.count().catch((error: unknown) => error)
      expect(elsewhere, 'the replica has no such table').to.be.instanceOf(Error)
    } finally {
      await primary.getQueryInterface().dropTable('sequelize_replication')
      await replicated.close()
    }
  })
})
