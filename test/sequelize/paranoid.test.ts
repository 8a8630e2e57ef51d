import { expect } from 'chai'
import { SessionModel } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model, Table } from 'sequelize-typescript'
import type { Session } from '../../src/core/session/session.js'
import { Clock } from '../support/clock.js'
import { expectError } from '../support/errors.js'
import { openSession } from '../support/open-session.js'
import { describeEach } from './support/databases.js'
import { managerOf, sessionOf } from './support/manager.js'

let tables = 0

describeEach('a paranoid model', (open) => {
  async function store() {
    @Table({ tableName: `sequelize_paranoid_${tables++}`, timestamps: true, paranoid: true })
    @SessionModel()
    class WebSession extends Model {
      @Column(DataType.INTEGER) declare userId: number | null
    }
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    const clock = new Clock()
    const manager = managerOf(Sessions, { now: clock.now, touchAfter: 0 })
    await manager.set('id', { userId: 1 })
    return { Sessions, manager, clock }
  }

  it('keeps an ended session as a dead row', async () => {
    const { Sessions, manager } = await store()
    await manager.delete('id')
    expect(await manager.get('id')).to.equal(undefined)
    expect(await manager.list({ userId: 1 })).to.deep.equal([])
    expect(await manager.revoke({ userId: 1 })).to.equal(0)
    expect(await Sessions.count({ paranoid: false })).to.equal(1)
  })

  it('removes what replaced ids have left, really, when the session ends', async () => {
    const { Sessions, manager } = await store()
    const ends = [
      (session: Session) => session.destroy(),
      () => manager.revoke({ userId: 2 }),
      (session: Session) => manager.delete(session.id),
    ]
    for (const [number, end] of ends.entries()) {
      const session = await openSession(manager)
      session.properties.set('userId', 2)
      await session.save()
      for (let n = 0; n < 3; n++) {
        await session.regenerate()
        await session.save()
      }
      await end(session)
      const ids = (await Sessions.findAll({ paranoid: false })).map(({ id }) => id)
      const isRead = number < 2
      expect(ids.filter((id) => id.startsWith('~'))).to.have.length(isRead ? 0 : 3)
      expect(ids.filter((id) => !id.startsWith('~'))).to.have.length(2 + number)
    }
  })

  it('lets no slower request write to a dead row', async () => {
    const { Sessions, manager, clock } = await store()
    const [writes, touches] = [await sessionOf(manager, 'id'), await sessionOf(manager, 'id')]
    await manager.delete('id')
    clock.pass(60)
    writes.properties.set('userId', 2)
    await expectError('SESSION_GONE', () => writes.save())
    touches.touch()
    await touches.commit()
    expect(touches.isNew).to.equal(true)
    const row = await Sessions.findOne({ paranoid: false, rejectOnEmpty: true })
    expect(row).to.include({ userId: 1, version: 1 })
    expect(row.deletedAt).to.be.instanceOf(Date)
  })

  it('really removes expired rows, dead ones too', async () => {
    const { Sessions, manager, clock } = await store()
    await manager.set('other', { userId: 2 })
    await manager.delete('id')
    expect(await manager.deleteExpired()).to.equal(0)
    clock.pass(15 * 86_400)
    expect(await manager.deleteExpired()).to.equal(2)
    expect(await Sessions.count({ paranoid: false })).to.equal(0)
  })

  it('lets a session begin under the id of a dead row, which it replaces', async () => {
    const { Sessions, manager } = await store()
    await manager.delete('id')
    await manager.set('id', { userId: 2 })
    expect(await manager.get('id')).to.deep.equal({ userId: 2 })
    expect(await Sessions.count({ paranoid: false })).to.equal(1)
    expect(await Sessions.findOne()).to.include({ version: 1, deletedAt: null })
  })

  it('lets no new session replace a living row', async () => {
    const { manager } = await store()
    await manager.set('dead', { userId: 3 })
    const { backend } = manager.options
    const [alive, dead] = [
      ...(await backend.list({ userId: 1 }, new Date(0), 1)),
      ...(await backend.list({ userId: 3 }, new Date(0), 1)),
    ]
    if (!alive || !dead) throw new Error('expected two sessions')
    await manager.delete('dead')
    for (const rows of [[alive], [dead, alive]]) {
      const others = rows.map((row) => ({ ...row, columns: { userId: 9 } }))
      const error = await expectError('BACKEND_FAILED', () => backend.insert(others))
      expect(error.message).to.contain('unique')
    }
    expect(await manager.get('id')).to.deep.equal({ userId: 1 })
    expect(await manager.get('dead')).to.equal(undefined)
  })

  it('ends all sessions softly', async () => {
    const { Sessions, manager } = await store()
    expect(await manager.deleteAll()).to.equal(1)
    expect(await manager.deleteAll()).to.equal(0)
    expect(await Sessions.count({ paranoid: false })).to.equal(1)
  })
})
