import { expect } from 'chai'
import { SessionModel, type SessionModelOptions } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { BaseEntity, Column, type DataSource } from 'typeorm'
import { createTables, databases, newDataSource, pendingStatements, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

const table = tableName('schema')
const types: Readonly<Record<string, SessionModelOptions['columns']>> = {
  'the default columns': {},
  'renamed columns': { id: 'sid', data: 'json', expires: 'until', createdAt: 'began', version: 'revision' },
  'dates as milliseconds': { expires: { type: 'bigint' }, createdAt: { type: 'bigint' } },
  'fewer columns and a shorter id': { id: { length: 64 }, createdAt: false, version: false },
}

function newModel(columns: SessionModelOptions['columns']) {
  @SessionModel({ tableName: table, ...(columns && { columns }) })
  class SchemaSession {
    @Column({ type: 'integer', nullable: true }) userId!: number | null
  }
  return SchemaSession
}

for (const database of databases) {
  describe(`TypeORM: synchronize() (${database.name})`, () => {
    for (const [name, columns] of Object.entries(types)) {
      it(`finds nothing to do again, with ${name}, for a model in a data source`, async () => {
        const dataSource = newDataSource(database)
        const Sessions = registerSessionModel(dataSource, newModel(columns))
        await createTables(dataSource, database)
        await expectStable(dataSource, Sessions)
      })

      it(`finds nothing to do again, with ${name}, for a model on a base`, async () => {
        const Sessions = registerSessionModel(BaseEntity, newModel(columns))
        const dataSource = newDataSource(database, { entities: [Sessions] })
        await createTables(dataSource, database)
        await expectStable(dataSource, Sessions)
      })
    }

    it('creates one index, on the column of expiry', async () => {
      const dataSource = newDataSource(database)
      registerSessionModel(dataSource, newModel({ expires: 'until' }))
      await createTables(dataSource, database)
      const found = await dataSource.createQueryRunner().getTable(table)
      expect(found?.indices.map((index) => index.columnNames)).to.deep.equal([['until']])
      expect(found?.primaryColumns.map((column) => column.name)).to.deep.equal(['id'])
    })

    it('indexes a column of the user that serves for expiry under another property', async () => {
      @SessionModel({ tableName: table, columns: { expires: 'until' } })
      class OwnExpiry {
        @Column({ type: 'bigint', name: 'until' }) endsAt!: number
      }
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, OwnExpiry)
      await createTables(dataSource, database)
      const found = await dataSource.createQueryRunner().getTable(table)
      expect(found?.indices.map((index) => index.columnNames)).to.deep.equal([['until']])
      await managerOf(Sessions).set('an id', { note: 1 })
      await managerOf(Sessions).set('an id', { note: 2 })
      expect(await managerOf(Sessions).get('an id')).to.deep.equal({ note: 2 })
      expect(await dataSource.getRepository(Sessions).countBy(Sessions.active)).to.equal(1)
    })
  })
}

async function expectStable(dataSource: DataSource, model: Parameters<typeof managerOf>[0]): Promise<void> {
  expect(await pendingStatements(dataSource)).to.deep.equal([])
  await managerOf(model).set('an id', { userId: 9, text: 'kept' })
  await dataSource.synchronize()
  await dataSource.synchronize()
  expect(await managerOf(model).get('an id')).to.include({ userId: 9, text: 'kept' })
}
