import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

for (const database of databases) {
  describe(`TypeORM: data in a column of JSON (${database.name})`, () => {
    it('is written, read and rotated with its metadata', async () => {
      @SessionModel({ tableName: tableName('json_data'), columns: { data: { type: 'json' } } })
      class WebSession {}
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, WebSession)
      await createTables(dataSource, database)
      const manager = managerOf(Sessions)
      const { id } = await manager.create({ n: 1, text: 'é\u0000"' }, { maxAge: '1h' })
      const other = await manager.create({ n: 1 })
      await Promise.all([manager.set(id, { n: 2, text: '' }), manager.set(other.id, { n: 3 })])
      expect(await manager.get(id)).to.deep.equal({ n: 2, text: '' })
      expect(await manager.get(other.id)).to.deep.equal({ n: 3 })
      const session = await manager.store.load(id)
      expect(session?.maxAge).to.equal(3_600_000)
      expect(await session?.rotate()).to.equal('written')
      expect(await manager.get(String(session?.id))).to.deep.equal({ n: 2, text: '' })
      const row = await dataSource.getRepository(Sessions).findOneByOrFail({ id: manager.rowId(other.id) })
      expect(row).to.deep.include({ data: { n: 3 } })
    })
  })
}
