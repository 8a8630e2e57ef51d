import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type DataSource } from 'typeorm'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'
import { SnakeCase } from './support/snake-case.js'

const table = tableName('renames')

function newRenamed() {
  @SessionModel({
    tableName: table,
    columns: { id: 'session_key', data: 'payload', expires: 'valid_until', createdAt: 'began_at', version: 'revision' },
  })
  class RenamedSession {
    @Column({ type: 'integer', nullable: true, name: 'user_key' }) userId!: number | null
  }
  return RenamedSession
}

async function columnNames(dataSource: DataSource): Promise<string[]> {
  const found = await dataSource.createQueryRunner().getTable(table)
  return found?.columns.map((column) => column.name) ?? []
}

for (const database of databases) {
  describe(`TypeORM: renamed columns (${database.name})`, () => {
    it('have their names in the database; properties stay', async () => {
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, newRenamed())
      await createTables(dataSource, database)
      const names = ['session_key', 'payload', 'valid_until', 'began_at', 'revision', 'user_key']
      expect(await columnNames(dataSource)).to.have.members(names)
      const manager = managerOf(Sessions)
      await manager.set('an id', { userId: 0, note: 'first' })
      await manager.set('an id', { userId: 7, note: 'second' })
      expect(await manager.get('an id')).to.deep.equal({ userId: 7, note: 'second' })
      const row = await dataSource.getRepository(Sessions).findOneByOrFail({ userId: 7 })
      expect(row).to.include({ data: '{"note":"second"}', version: 2, active: true })
      expect(row.createdAt).to.be.instanceOf(Date)
      expect(await manager.list({ id: row.id })).to.have.lengthOf(1)
      expect(await manager.revoke({ userId: 7 })).to.equal(1)
    })

    it('follow the naming strategy where they were not renamed', async () => {
      @SessionModel({ tableName: table, columns: { version: 'Revision' } })
      class SnakeSession {
        @Column({ type: 'integer', nullable: true }) userId!: number | null
      }
      const dataSource = newDataSource(database, { namingStrategy: new SnakeCase() })
      const Sessions = registerSessionModel(dataSource, SnakeSession)
      await createTables(dataSource, database)
      const names = ['user_id', 'id', 'data', 'expires', 'created_at', 'Revision']
      expect(await columnNames(dataSource)).to.have.members(names)
      await managerOf(Sessions).set('an id', { userId: 7 })
      expect(await managerOf(Sessions).list({ userId: 7 })).to.have.lengthOf(1)
    })

    it('may be left out: createdAt and version', async () => {
      @SessionModel({ tableName: table, columns: { createdAt: false, version: false } })
      class SmallSession {}
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, SmallSession)
      await createTables(dataSource, database)
      expect(await columnNames(dataSource)).to.have.members(['id', 'data', 'expires'])
      const manager = managerOf(Sessions)
      await manager.set('an id', { note: 1 })
      await manager.set('an id', { note: 1 })
      await manager.set('an id', { note: 2 })
      expect(await manager.get('an id')).to.deep.equal({ note: 2 })
      expect(
        (await manager.list({ id: (await dataSource.getRepository(Sessions).findOneByOrFail({})).id }))[0],
      ).to.include({
        createdAt: null,
      })
    })
  })
}
