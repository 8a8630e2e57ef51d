import { isDeepStrictEqual } from 'node:util'
import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { Column, type ColumnOptions } from 'typeorm'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'
import { defaultColumns } from './support/default-columns.js'
import { managerOf } from './support/manager.js'

type Columns = Readonly<Record<string, ColumnOptions>>

for (const database of databases) {
  describe(`TypeORM: what a new session shows of defaults (${database.name})`, () => {
    async function open(columns: Columns) {
      @SessionModel({ tableName: tableName('new_sessions') })
      class NewSession {}
      for (const [name, options] of Object.entries(columns)) Column(options)(NewSession.prototype, name)
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, NewSession)
      await createTables(dataSource, database)
      return { dataSource, manager: managerOf(Sessions) }
    }

    it('is what the next request shows, after save() too', async () => {
      const { known } = defaultColumns(database)
      const { manager } = await open(known)
      const session = await manager.open()
      const before = session.properties.toObject()
      session.properties.set('note', 1)
      await session.save()
      const after = session.properties.toObject()
      const next = (await manager.open(session.id)).properties.toObject()
      const wrong = Object.keys(known).filter(
        (name) => before[name] === undefined || !same(before[name], after[name]) || !same(after[name], next[name]),
      )
      expect(wrong.map((name) => ({ name, before: before[name], after: after[name], next: next[name] }))).to.deep.equal(
        [],
      )
    })
  })
}

function same(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(a, b)
}
