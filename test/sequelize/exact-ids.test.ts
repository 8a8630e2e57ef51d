import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Model } from 'sequelize-typescript'
import { describeEach } from './support/databases.js'
import { managerOf } from './support/manager.js'

describeEach('ids that differ only in blanks at the end', (open) => {
  it('are not the same session', async () => {
    @SessionModel({ tableName: 'sequelize_exact_ids', columns: { id: 'sid' } })
    class WebSession extends Model {}
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    const [backend, manager] = [Sessions[sessionBackend](), managerOf(Sessions, { hashIds: false })]
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
