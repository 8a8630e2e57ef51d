import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, DeleteDateColumn } from 'typeorm'
import { openSession } from '../support/open-session.js'
import { createTables, databases, newDataSource, pendingStatements, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

function newModel() {
  @SessionModel({ tableName: tableName('soft_delete') })
  class SoftSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
    @DeleteDateColumn() destroyedAt!: Date | null
  }
  return SoftSession
}

for (const database of databases) {
  describe(`TypeORM: a session model with @DeleteDateColumn() (${database.name})`, () => {
    async function open() {
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, newModel())
      await createTables(dataSource, database)
      const repository = dataSource.getRepository(Sessions)
      const countAll = () => repository.count({ withDeleted: true })
      return { dataSource, Sessions, repository, countAll, manager: managerOf(Sessions) }
    }

    it('keeps the rows of ended sessions, marked', async () => {
      const { manager, repository, countAll, dataSource } = await open()
      await manager.set('one', { userId: 1 })
      await manager.set('two', { userId: 2 })
      await manager.set('three', { userId: 3 })
      await manager.delete('one')
      expect(await manager.revoke({ userId: 2 })).to.equal(1)
      expect(await manager.revoke({ userId: 2 })).to.equal(0)
      expect(await repository.count()).to.equal(1)
      expect(await manager.deleteAll()).to.equal(1)
      expect(await manager.deleteAll()).to.equal(0)
      expect(await repository.count()).to.equal(0)
      expect(await countAll()).to.equal(3)
      expect(await pendingStatements(dataSource)).to.deep.equal([])
    })

    it('removes what replaced ids have left, really, when the session ends', async () => {
      const { manager, repository } = await open()
      const session = await openSession(manager)
      session.properties.set('userId', 2)
      await session.save()
      for (let n = 0; n < 3; n++) {
        await session.regenerate()
        await session.save()
      }
      expect(await repository.count({ withDeleted: true })).to.equal(4)
      await session.destroy()
      expect((await repository.find({ withDeleted: true })).map(({ userId }) => userId)).to.deep.equal([2])
    })

    it('never shows, updates or renews an ended session', async () => {
      const { Sessions, manager, repository } = await open()
      await manager.set('an id', { userId: 1 })
      const row = await repository.findOneByOrFail({ userId: 1 })
      await manager.delete('an id')
      const backend = Sessions[sessionBackend]()
      const now = new Date()
      const update = { id: row.id, version: row.version, now, values: { columns: { userId: 9 } } }
      expect(await backend.update([update])).to.deep.equal([false])
      expect(
        await backend.touch([{ id: row.id, version: row.version, now, expires: new Date(now.getTime() + 1000) }]),
      ).to.deep.equal([false])
      expect(await backend.find([row.id])).to.deep.equal([])
      expect(await manager.get('an id')).to.equal(undefined)
      expect(await manager.list({ userId: 1 })).to.deep.equal([])
    })

    it('removes the rows of ended and of other sessions when they are expired', async () => {
      const { Sessions, manager, countAll } = await open()
      await manager.set('ended', { userId: 1 })
      await manager.set('idle', { userId: 2 })
      await manager.delete('ended')
      expect(await manager.deleteExpired()).to.equal(0)
      expect(await countAll()).to.equal(2)
      const later = managerOf(Sessions, { now: () => Date.now() + 15 * 86_400_000 })
      expect(await later.deleteExpired()).to.equal(2)
      expect(await countAll()).to.equal(0)
    })

    it('lets a session begin under the id of an ended one, whose row it replaces', async () => {
      const { manager, repository, countAll } = await open()
      await manager.set('an id', { userId: 1, note: 1 })
      await manager.set('another', { userId: 3 })
      await manager.delete('an id')
      await manager.delete('another')
      await manager.set('an id', { userId: 2 })
      expect(await manager.get('an id')).to.deep.equal({ userId: 2 })
      expect(await countAll()).to.equal(2)
      expect(await repository.findOneByOrFail({ userId: 2 })).to.include({ version: 1, destroyedAt: null })
    })

    it('never replaces the row of a living session', async () => {
      const { Sessions, manager, countAll } = await open()
      await manager.set('alive', { userId: 1 })
      await manager.set('ended', { userId: 2 })
      const backend = Sessions[sessionBackend]()
      const [alive] = await backend.list({ userId: 1 }, new Date(0), 1)
      const [ended] = await backend.list({ userId: 2 }, new Date(0), 1)
      await manager.delete('ended')
      if (!alive || !ended) throw new Error('expected two sessions')
      await rejected(backend.insert([{ ...alive, columns: { userId: 9 } }]))
      await rejected(backend.insert([ended, { ...alive, columns: { userId: 9 } }]))
      expect(await manager.get('alive')).to.deep.equal({ userId: 1 })
      expect(await manager.get('ended')).to.equal(undefined)
      expect(await countAll()).to.be.at.most(2)
    })

    it('does not take the date for a session property', async () => {
      const { Sessions } = await open()
      expect(Sessions[sessionBackend]().columns.map((column) => column.name)).to.deep.equal(['userId'])
    })
  })
}

async function rejected(work: Promise<unknown>): Promise<void> {
  const outcome = await work.then(
    () => 'done',
    () => 'rejected',
  )
  expect(outcome).to.equal('rejected')
}
