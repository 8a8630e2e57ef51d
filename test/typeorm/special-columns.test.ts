import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, CreateDateColumn, UpdateDateColumn, VersionColumn } from 'typeorm'
import { createTables, databases, newDataSource, pendingStatements, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

function newModel() {
  @SessionModel({ tableName: tableName('special') })
  class SpecialSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
    @CreateDateColumn() createdAt!: Date
    @UpdateDateColumn() updatedAt!: Date
    @VersionColumn() version!: number
  }
  return SpecialSession
}

const hour = 3_600_000

for (const database of databases) {
  describe(`TypeORM: the special columns of TypeORM (${database.name})`, () => {
    async function open() {
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, newModel())
      await createTables(dataSource, database)
      const row = () => dataSource.getRepository(Sessions).findOneByOrFail({})
      return { dataSource, Sessions, row }
    }

    it('serve as createdAt and version, and are no session properties', async () => {
      const { dataSource, Sessions } = await open()
      const backend = Sessions[sessionBackend]()
      expect(backend.columns.map((column) => column.name)).to.deep.equal(['userId'])
      expect(backend.capabilities).to.include({ versions: true, creationDates: true })
      const names = dataSource.getMetadata(Sessions).columns.map((column) => column.propertyName)
      expect(names).to.have.members(['userId', 'createdAt', 'updatedAt', 'version', 'id', 'data', 'expires'])
      expect(await pendingStatements(dataSource)).to.deep.equal([])
    })

    it('count each update of a session as one version, and a renewal as none', async () => {
      const { Sessions, row } = await open()
      await managerOf(Sessions).set('an id', { userId: 1 })
      expect(await row()).to.include({ version: 1 })
      await managerOf(Sessions).set('an id', { userId: 2 })
      expect(await row()).to.include({ version: 2 })
      const renewing = managerOf(Sessions, { touchAfter: 0, now: () => Date.now() + hour })
      const before = (await row()).expires
      await renewing.get('an id')
      expect((await row()).expires).to.be.greaterThan(before)
      expect(await row()).to.include({ version: 2 })
      await managerOf(Sessions).set('an id', { userId: 3 })
      expect(await row()).to.include({ version: 3, userId: 3 })
    })

    it('are kept by TypeORM for the application too', async () => {
      const { dataSource, Sessions, row } = await open()
      await managerOf(Sessions).set('an id', { userId: 1 })
      await dataSource.getRepository(Sessions).save({ ...(await row()), userId: 5 })
      expect(await row()).to.include({ version: 2, userId: 5 })
      await managerOf(Sessions).set('an id', { userId: 6 })
      expect(await row()).to.include({ version: 3, userId: 6 })
      expect((await row()).updatedAt).to.be.instanceOf(Date)
    })

    it('hold the creation by the clock of the manager, for the absolute timeout', async () => {
      const { Sessions, row } = await open()
      const start = Date.UTC(2030, 6, 1, 12)
      await managerOf(Sessions, { now: () => start, absoluteTimeout: '1h' }).set('an id', { userId: 1 })
      expect((await row()).createdAt).to.deep.equal(new Date(start))
      const later = managerOf(Sessions, { now: () => start + hour, absoluteTimeout: '1h' })
      expect(await later.get('an id')).to.equal(undefined)
    })
  })
}
