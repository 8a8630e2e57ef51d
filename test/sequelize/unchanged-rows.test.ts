import { expect } from 'chai'
import { SessionModel, sessionBackend } from 'koa-session-model'
import { registerSessionModel } from 'koa-session-model/sequelize'
import { Column, DataType, Model } from 'sequelize-typescript'
import { Clock } from '../support/clock.js'
import { describeEach } from './support/databases.js'
import { managerOf, sessionOf } from './support/manager.js'

for (const versions of [true, false]) {
  describeEach(`a write that changes nothing ends no session, ${versions ? 'with' : 'without'} versions`, (open) => {
    async function store() {
      const columns = versions ? {} : { version: false as const }
      @SessionModel({ tableName: `sequelize_unchanged_${versions}`, columns })
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

    it('two touches that write the same expiry', async () => {
      const { manager, clock } = await store()
      const sessions = [await sessionOf(manager, 'id'), await sessionOf(manager, 'id')]
      clock.pass(60)
      for (const session of [...sessions, ...sessions]) {
        session.touch()
        await session.commit()
        expect(session.isNew).to.equal(false)
      }
      expect(await manager.get('id')).to.deep.equal({ userId: 1 })
    })

    it('two requests that write the same value', async () => {
      const { manager, clock } = await store()
      const sessions = [await sessionOf(manager, 'id'), await sessionOf(manager, 'id')]
      clock.pass(60)
      for (const session of sessions) {
        session.properties.set('userId', 5)
        await session.save()
        expect(session.isNew).to.equal(false)
      }
      expect(await manager.get('id')).to.deep.equal({ userId: 5 })
    })

    it('the same properties set again', async () => {
      const { manager } = await store()
      for (let time = 0; time < 3; time++) await manager.set('id', { userId: 1 })
      expect(await manager.get('id')).to.deep.equal({ userId: 1 })
    })
  })
}

describeEach('an update that changes only the version', (open) => {
  it('is reported as written', async () => {
    @SessionModel({ tableName: 'sequelize_unchanged_version' })
    class WebSession extends Model {}
    const Sessions = registerSessionModel(open(), WebSession)
    await Sessions.sync({ force: true })
    const backend = Sessions[sessionBackend]()
    const [id, now] = ['x'.repeat(64), new Date()]
    const expires = new Date(Math.ceil(now.getTime() / 1000) * 1000 + 60_000)
    await backend.insert([{ id, data: '{}', expires, createdAt: now, version: 1, columns: {} }])
    expect(await backend.update([{ id, version: 1, now, values: { expires, version: 2 } }])).to.deep.equal([true])
    expect(await backend.update([{ id, version: 1, now, values: { expires, version: 2 } }])).to.deep.equal([false])
  })
})
