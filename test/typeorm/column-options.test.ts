import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, Generated, Index, Unique } from 'typeorm'
import { createTables, databases, newDataSource, pendingStatements, tableName } from './support/data-sources.js'
import { expectRejection } from './support/expect-error.js'
import { managerOf } from './support/manager.js'

const table = tableName('column_options')

function newModel(hasSequences: boolean) {
  @SessionModel({ tableName: table })
  @Unique(['device'])
  @Index(['userId', 'device'])
  class OptionSession {
    @Index() @Column({ type: 'integer', nullable: true, name: 'user_key' }) userId!: number | null
    @Column({ type: 'varchar', length: 20, nullable: true }) device!: string | null
    @Column({ type: 'varchar', length: 20, nullable: true, select: false }) secret!: string | null
    @Column({ type: 'integer', nullable: true, update: false }) bornWith!: number | null
    @Column({ type: 'integer', nullable: true, asExpression: 'user_key * 2', generatedType: 'STORED' }) twice!: number
    serial!: number
  }
  if (hasSequences) {
    Column({ type: 'integer' })(OptionSession.prototype, 'serial')
    Generated()(OptionSession.prototype, 'serial')
  }
  return OptionSession
}

for (const database of databases) {
  describe(`TypeORM: options of custom columns (${database.name})`, () => {
    async function open() {
      const dataSource = newDataSource(database)
      const Model = newModel(database.server === 'postgres')
      const Sessions = registerSessionModel(dataSource, Model)
      await createTables(dataSource, database)
      return { dataSource, Sessions, manager: managerOf(Sessions), repository: dataSource.getRepository(Sessions) }
    }

    it('`select: false` hides a column from the application, not from the session', async () => {
      const { manager, repository } = await open()
      await manager.set('an id', { secret: 's3cret' })
      expect(await manager.get('an id')).to.include({ secret: 's3cret' })
      expect(await manager.list({ secret: 's3cret' })).to.have.lengthOf(1)
      expect((await repository.findOneByOrFail({})).secret).to.equal(undefined)
    })

    it('`name` renames a column, indices and unique columns are made', async () => {
      const { dataSource, manager } = await open()
      await manager.set('an id', { userId: 3, device: 'phone' })
      expect(await manager.list({ userId: 3 })).to.have.lengthOf(1)
      const found = await dataSource.createQueryRunner().getTable(table)
      const indexed = found?.indices.map(({ columnNames }) => columnNames.join())
      expect(indexed).to.include.members(['user_key', 'user_key,device', 'expires'])
      await expectRejection('BACKEND_FAILED', manager.set('another id', { device: 'phone' }))
      expect(await manager.get('another id')).to.equal(undefined)
      expect(await pendingStatements(dataSource)).to.deep.equal([])
    })

    it('what the database computes is no session property, and no obstacle', async () => {
      const { Sessions, manager, repository } = await open()
      const names = Sessions[sessionBackend]().columns.map((column) => column.name)
      expect(names).to.deep.equal(['userId', 'device', 'secret'])
      await manager.set('an id', { userId: 3 })
      await manager.set('an id', { userId: 4 })
      expect(await repository.findOneByOrFail({ userId: 4 })).to.include({ twice: 8, version: 2 })
    })
  })
}
