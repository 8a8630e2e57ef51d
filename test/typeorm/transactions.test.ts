import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column } from 'typeorm'
import { createTables, databaseServers, newDataSource, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

for (const database of databaseServers) {
  describe(`TypeORM: transactions of the application (${database.name})`, () => {
    it('do not take sessions back with them', async () => {
      @SessionModel({ tableName: tableName('transactions') })
      class TransactionSession {
        @Column({ type: 'integer', nullable: true }) userId!: number | null
      }
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, TransactionSession)
      await createTables(dataSource, database)
      const manager = managerOf(Sessions)
      await manager.set('updated', { userId: 1 })
      await manager.set('deleted', { userId: 2 })
      const failing = dataSource.transaction(async (entities) => {
        const repository = entities.getRepository(Sessions)
        const own = { id: 'own', data: '{}', expires: new Date(Date.now() + 1000), createdAt: new Date() }
        await repository.save(repository.create({ ...own, userId: 9 }))
        await manager.set('new', { userId: 3 })
        await manager.set('updated', { userId: 4 })
        await manager.delete('deleted')
        throw new Error('rolled back')
      })
      expect(await failing.catch((error: Error) => error.message)).to.equal('rolled back')
      expect(await manager.get('new')).to.deep.equal({ userId: 3 })
      expect(await manager.get('updated')).to.deep.equal({ userId: 4 })
      expect(await manager.get('deleted')).to.equal(undefined)
      expect(await dataSource.getRepository(Sessions).countBy({ userId: 9 })).to.equal(0)
    })
  })
}
