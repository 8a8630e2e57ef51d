import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/typeorm'
import { describe, it } from 'mocha'
import { createTables, databases, newDataSource, tableName } from './support/data-sources.js'
import { managerOf } from './support/manager.js'

for (const database of databases) {
  describe(`TypeORM: ids that differ only in blanks at the end (${database.name})`, () => {
    async function open() {
      @SessionModel({ tableName: tableName('exact_ids') })
      class ExactSession {}
      const dataSource = newDataSource(database)
      const Sessions = registerSessionModel(dataSource, ExactSession)
      await createTables(dataSource, database)
      return { backend: Sessions[sessionBackend](), manager: managerOf(Sessions, { hashIds: false }) }
    }

    it('are not the same session', async () => {
      const { backend, manager } = await open()
      const now = new Date()
      await manager.set('abc', { note: 1 })
      await manager.set('xyz ', { note: 2 })
      for (const other of ['abc ', 'xyz', 'xyz  ']) {
        expect(await manager.get(other)).to.equal(undefined)
        expect(await backend.find([other])).to.deep.equal([])
        await manager.delete(other)
        expect(await manager.list({ id: other })).to.deep.equal([])
        expect(await manager.revoke({ id: other })).to.equal(0)
        expect(await backend.touch([{ id: other, version: 1, now, expires: now }])).to.deep.equal([false])
        expect(await backend.update([{ id: other, version: 1, now, values: { data: '{}' } }])).to.deep.equal([false])
      }
      expect(await manager.get('abc')).to.deep.equal({ note: 1 })
      expect(await manager.list({ id: 'xyz ' })).to.have.lengthOf(1)
      expect(await manager.revoke({ id: 'xyz ' })).to.equal(1)
      await manager.delete('abc')
      expect(await backend.find(['abc', 'xyz '])).to.deep.equal([])
      expect(await backend.find([])).to.deep.equal([])
      expect(await backend.delete([])).to.equal(0)
    })
  })
}
