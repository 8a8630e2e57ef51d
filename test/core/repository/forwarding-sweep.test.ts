import { expect } from 'chai'
import { MemorySessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import { Session } from '../../../src/core/session/session.js'
import { share } from '../../../src/core/session/shared.js'
import { WatchedBackend } from '../../koa/support/watched-backend.js'
import { Clock } from '../../support/clock.js'
import { ManualAlarm } from '../../support/manual-alarm.js'

type Columns = { userId: number | null }

function setUp(options: SessionPolicy<Columns> = {}) {
  const clock = new Clock()
  const alarm = new ManualAlarm()
  const backend = new WatchedBackend(new MemorySessionBackend<Columns>({ userId: null }))
  const manager = new SessionManager<Columns>({ backend, cleanup: false, now: clock.now, ...options })
  const shared = share(manager.options, alarm.set)
  const begin = async (): Promise<Session> => {
    const session = new Session(shared)
    session.properties.set('userId', 1)
    await session.save()
    return session
  }
  const rotate = async (session: Session): Promise<void> => {
    await session.regenerate()
    await session.save()
  }
  const traces = async (): Promise<number> =>
    (await backend.inner.list({}, new Date(0), 999)).length - (await sessions())
  const sessions = async (): Promise<number> => (await backend.rows()).length
  return { clock, alarm, backend, manager, shared, begin, rotate, traces, sessions }
}

describe('the removal of traces', () => {
  it('waits for none, and for the first one until it is old', async () => {
    const { alarm, begin, rotate, clock, traces } = setUp()
    const session = await begin()
    expect(alarm.wait).to.equal(undefined)
    await rotate(session)
    expect(alarm.wait).to.equal(55_000)
    clock.pass(54.9)
    await alarm.goOff()
    expect(await traces()).to.equal(1)
    clock.pass(0.1)
    await alarm.goOff()
    expect(await traces()).to.equal(0)
    expect(alarm.wait).to.equal(undefined)
  })

  for (const grace of [0, '10s', '10m'] as const) {
    it(`lets no trace outlive the grace by more than a minute: ${grace}`, async () => {
      const { alarm, begin, rotate, clock, backend, manager } = setUp({ grace })
      const session = await begin()
      const longest = manager.options.grace + 60_000
      let next = 0
      for (let second = 0; second < 1500; second++) {
        if (second % 7 === 0 && second < 600) await rotate(session)
        if (alarm.wait !== undefined && next === 0) next = clock.now() + alarm.wait
        if (next !== 0 && clock.now() >= next) {
          next = 0
          await alarm.goOff()
        }
        const rows = await backend.inner.list({}, new Date(0), 999)
        for (const { expires } of rows) expect(clock.now() - expires.getTime()).to.be.lessThan(longest)
        clock.pass(1)
      }
      expect(await backend.inner.list({}, new Date(0), 999)).to.have.length(1)
    })
  }

  it('goes past expired sessions, however many, and leaves them where they are', async () => {
    const { alarm, begin, rotate, clock, backend, traces, manager } = setUp({ maxAge: '1s' })
    for (let n = 0; n < 450; n++) await manager.set(`id ${n}`, { userId: n })
    clock.pass(2)
    await rotate(await begin())
    clock.pass(60)
    await alarm.goOff()
    expect(await traces()).to.equal(0)
    expect(await backend.rows()).to.have.length(451)
  })

  it('tells of a failure by an event, and comes back to what was left with the next trace', async () => {
    const { alarm, begin, rotate, clock, backend, traces, shared } = setUp()
    const errors: unknown[] = []
    shared.events.on('error', ({ error }) => errors.push(error))
    const session = await begin()
    await rotate(session)
    clock.pass(55)
    backend.before = (call) => {
      if (call === 'findExpired') throw new Error('no database, as the test wants it')
    }
    await alarm.goOff()
    expect(errors).to.have.length(1)
    expect(alarm.wait).to.equal(undefined)
    backend.before = () => {}
    clock.pass(300)
    await rotate(session)
    clock.pass(55)
    await alarm.goOff()
    expect(await traces()).to.equal(0)
  })

  it('ends when the manager is closed', async () => {
    const { alarm, begin, rotate, shared } = setUp()
    const session = await begin()
    await rotate(session)
    shared.sweep.stop()
    expect(alarm.wait).to.equal(undefined)
    await rotate(session)
    expect(alarm.wait).to.equal(undefined)
  })
})

describe('a session that ends', () => {
  it('costs one statement more where its id was replaced lately, and else none', async () => {
    const { begin, rotate, clock, backend, alarm } = setUp()
    const costOf = async (session: Session): Promise<string[]> => {
      backend.takeCalls()
      await session.destroy()
      return backend.takeCalls()
    }
    expect(await costOf(await begin())).to.deep.equal(['delete'])
    const rotated = await begin()
    for (let n = 0; n < 20; n++) await rotate(rotated)
    expect(await costOf(rotated)).to.deep.equal(['delete', 'deleteExpired'])
    const before = await begin()
    await rotate(before)
    clock.pass(80)
    await alarm.goOff()
    expect(await costOf(before)).to.deep.equal(['delete'])
  })

  it('is revoked in one statement where this process has replaced no id lately', async () => {
    const { begin, rotate, backend, shared, manager, traces } = setUp()
    await begin()
    backend.takeCalls()
    await manager.revoke({ userId: 1 })
    expect(backend.takeCalls()).to.deep.equal(['deleteWhere'])
    await rotate(await begin())
    backend.takeCalls()
    await shared.ending.endMatching({ userId: 1 }, [], shared.time.begin())
    expect(backend.takeCalls()).to.deep.equal(['list', 'deleteWhere', 'deleteExpired'])
    expect(await traces()).to.equal(0)
  })

  it('takes its traces along where there are too many sessions of a user, and leaves those of others', async () => {
    const { begin, rotate, traces, sessions, clock } = setUp({ limit: { by: 'userId', max: 1 } })
    await rotate(await begin())
    clock.pass(1)
    await begin()
    expect([await sessions(), await traces()]).to.deep.equal([1, 1]) // the lock of the limit
  })

  it('is no failed logout where what it has left cannot be removed', async () => {
    const { begin, rotate, backend, shared, sessions, traces } = setUp()
    const errors: unknown[] = []
    shared.events.on('error', ({ error }) => errors.push(error))
    const session = await begin()
    await rotate(session)
    backend.before = (call) => {
      if (call === 'deleteExpired') throw new Error('no database, as the test wants it')
    }
    await session.destroy()
    expect([await sessions(), await traces()]).to.deep.equal([0, 1])
  })
})
