import { expect } from 'chai'
import { MemorySessionBackend, type RowTouch, SessionManager, type SessionPolicy } from 'koa-session-model'
import type { StoredRow } from '../../../src/core/codec/session-meta.js'
import { TimeLimit } from '../../../src/core/concurrency/deadline.js'
import { LastSeen } from '../../../src/core/repository/last-seen.js'
import { WatchedBackend } from '../../koa/support/watched-backend.js'
import { Clock } from '../../support/clock.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

type Columns = { userId: number | null }
type Manager = SessionManager<Columns>

const minute = 60

function memory(lastSeenAt = true): WatchedBackend<Columns> {
  return new WatchedBackend(new MemorySessionBackend<Columns>({ userId: null }, { lastSeenAt }))
}

interface Site {
  readonly backend: WatchedBackend<Columns>
  readonly clock: Clock
  readonly manager: Manager
  /** Another process on the same table. */
  other(policy?: SessionPolicy<Columns>): Manager
  lastSeen(): Promise<number>
}

const managers: Manager[] = []

/** A manager whose only session is `a`, stored now, and no calls so far. */
async function start(policy: SessionPolicy<Columns> = {}, backend = memory()): Promise<Site> {
  const clock = new Clock()
  const other = (own: SessionPolicy<Columns> = {}): Manager => {
    const manager = new SessionManager<Columns>({ now: clock.now, cleanup: false, ...policy, ...own, backend })
    managers.push(manager)
    return manager
  }
  const manager = other()
  await manager.set('a', { userId: 1 })
  backend.takeCalls()
  const lastSeen = async (): Promise<number> => (await backend.row()).lastSeenAt?.getTime() ?? Number.NaN
  return { backend, clock, manager, other, lastSeen }
}

/** A request that reads the session. */
async function read(manager: Manager): Promise<void> {
  const session = await openSession(manager, 'a')
  session.properties.get('userId')
  await session.commit()
}

describe('when a session was last used', () => {
  afterEach(() => {
    for (const manager of managers.splice(0)) manager.close()
  })

  it('is its beginning at first', async () => {
    const { clock, lastSeen } = await start()
    expect(await lastSeen()).to.equal(clock.now())
  })

  it('is written by a request that only reads once a minute has passed, and not a millisecond before', async () => {
    const { backend, clock, manager, lastSeen } = await start()
    const began = clock.now()
    clock.pass(minute - 0.001)
    await read(manager)
    expect(backend.takeCalls()).to.deep.equal(['find'])
    expect(await lastSeen()).to.equal(began)
    clock.pass(0.001)
    await read(manager)
    expect(backend.takeCalls()).to.deep.equal(['find', 'touch'])
    expect(await lastSeen()).to.equal(clock.now())
    clock.pass(minute - 0.001)
    await read(manager)
    expect(backend.takeCalls()).to.deep.equal(['find'])
  })

  for (const [every, seconds] of [
    ['5m', 300],
    [1500, 1.5],
  ] as const) {
    it(`has the throttle that the option every sets: ${every}`, async () => {
      const { backend, clock, manager } = await start({ lastSeen: { every } })
      clock.pass(seconds - 0.001)
      await read(manager)
      clock.pass(0.001)
      await read(manager)
      expect(backend.takeCalls()).to.deep.equal(['find', 'find', 'touch'])
    })
  }

  it('is written by each request with every: 0', async () => {
    const { backend, manager } = await start({ lastSeen: { every: 0 } })
    await read(manager)
    await read(manager)
    expect(backend.takeCalls()).to.deep.equal(['find', 'touch', 'find', 'touch'])
  })

  it('changes neither the version nor the expiry, and no other request has a conflict', async () => {
    const { backend, clock, manager } = await start({ rolling: false })
    const before = await backend.row()
    const conflicts: unknown[] = []
    manager.on('conflict', (event) => conflicts.push(event))
    const slow = await openSession(manager, 'a')
    clock.pass(minute)
    await read(manager)
    expect(await backend.row()).to.deep.equal({ ...before, lastSeenAt: new Date(clock.now()) })
    slow.properties.set('userId', 2)
    await slow.commit()
    expect(conflicts).to.deep.equal([])
    expect((await backend.row()).columns.userId).to.equal(2)
  })

  for (const rolling of [false, 'writes'] as const) {
    it(`is kept with rolling: ${rolling}, where a read does not renew`, async () => {
      const { backend, clock, manager, lastSeen } = await start({ rolling, maxAge: '1h' })
      const { expires } = await backend.row()
      clock.pass(30 * minute)
      await read(manager)
      expect(await lastSeen()).to.equal(clock.now())
      expect((await backend.row()).expires).to.deep.equal(expires)
    })
  }

  it('goes with the statement that renews the session', async () => {
    const { backend, clock, manager, lastSeen } = await start({ maxAge: '1h' })
    clock.pass(10 * minute)
    await read(manager)
    expect(backend.takeCalls()).to.deep.equal(['find', 'touch'])
    expect(await lastSeen()).to.equal(clock.now())
    expect((await backend.row()).expires.getTime()).to.equal(clock.now() + 3_600_000)
  })

  it('goes with the statement that writes the session, also within the minute', async () => {
    const { backend, clock, manager, lastSeen } = await start()
    clock.pass(1)
    const session = await openSession(manager, 'a')
    session.properties.set('userId', 2)
    await session.save()
    await session.commit()
    expect(backend.takeCalls()).to.deep.equal(['find', 'update'])
    expect(await lastSeen()).to.equal(clock.now())
  })

  it('goes with a new id', async () => {
    const { backend, clock, manager, lastSeen } = await start()
    clock.pass(minute)
    const session = await openSession(manager, 'a')
    await session.regenerate()
    await session.commit()
    expect(backend.takeCalls()).to.not.include('touch')
    expect(await lastSeen()).to.equal(clock.now())
  })

  it('is written once by update() and the commit after it', async () => {
    const { backend, clock, manager } = await start()
    clock.pass(minute)
    const session = await openSession(manager, 'a')
    await session.update(() => session.properties.set('userId', 3))
    await session.commit()
    expect(backend.takeCalls()).to.deep.equal(['find', 'update'])
  })

  it('is written once by requests that run side by side, early and late ones', async () => {
    const { backend, clock, manager } = await start()
    clock.pass(minute)
    const sessions = await Promise.all(Array.from({ length: 20 }, () => openSession(manager, 'a')))
    await Promise.all(sessions.slice(0, 10).map((session) => session.commit()))
    for (const session of sessions.slice(10)) await session.commit()
    expect(backend.takeCalls().filter((call) => call !== 'find')).to.deep.equal(['touch'])
  })

  it('is not written by a request that read the session before another one wrote to it', async () => {
    const { backend, clock, manager } = await start()
    clock.pass(minute)
    const [reader, writer] = [await openSession(manager, 'a'), await openSession(manager, 'a')]
    writer.properties.set('userId', 2)
    await writer.commit()
    await reader.commit()
    expect(backend.takeCalls().filter((call) => call !== 'find')).to.deep.equal(['update'])
  })

  it('counts from what the row has after a restart', async () => {
    const { backend, clock, manager, other } = await start()
    clock.pass(minute)
    await read(manager)
    clock.pass(minute - 1)
    backend.takeCalls()
    await read(other())
    expect(backend.takeCalls()).to.deep.equal(['find'])
  })

  it('is the later moment of two processes, whichever writes last', async () => {
    const { clock, manager, other, lastSeen } = await start({ lastSeen: { every: 0 } })
    const late = clock.now()
    const behind = other({ now: () => late - 5000 })
    await read(manager)
    await read(behind)
    expect(await lastSeen()).to.equal(late)
    await behind.set('a', { userId: 2 })
    expect(await lastSeen()).to.equal(late)
  })

  it('is written also if the request dropped its changes', async () => {
    const { clock, manager, lastSeen } = await start()
    clock.pass(minute)
    const session = await openSession(manager, 'a')
    session.properties.set('userId', 2)
    await session.commit({ keep: false })
    expect(await lastSeen()).to.equal(clock.now())
  })

  it('is not written for a session that the request ends, nor for a new one', async () => {
    const { backend, clock, manager } = await start()
    clock.pass(minute)
    const session = await openSession(manager, 'a')
    session.end()
    await session.commit()
    await (await openSession(manager)).commit()
    expect(backend.takeCalls()).to.not.include('touch')
  })

  it('is no matter of a request that came with a replaced id, and is shown to it', async () => {
    const { backend, clock, manager } = await start({ lastSeen: { every: 0 } })
    const session = await openSession(manager, 'a')
    await session.regenerate()
    await session.commit()
    const rotated = clock.now()
    clock.pass(1)
    backend.takeCalls()
    const late = await openSession(manager, 'a')
    expect(late.state.isForwarded).to.equal(true)
    expect(late.state.lastSeenAt?.getTime()).to.equal(rotated)
    await late.commit()
    expect(backend.takeCalls()).to.not.include('touch')
  })

  it('is not known of forwarding rows, so that nobody counts them', async () => {
    const { backend, manager } = await start()
    const session = await openSession(manager, 'a')
    await session.regenerate()
    await session.commit()
    const rows = await backend.inner.list({}, new Date(0), 10)
    expect(rows.filter(({ id }) => id.startsWith('~')).map(({ lastSeenAt }) => lastSeenAt ?? null)).to.deep.equal([
      null,
    ])
  })

  it('does not fail a request that only reads if the database does not answer, and is written by the next', async () => {
    const { backend, clock, manager, lastSeen } = await start({ timeout: 50 })
    clock.pass(minute)
    backend.before = (call) => (call === 'touch' ? new Promise(() => {}) : undefined)
    await read(manager)
    backend.before = () => {}
    await read(manager)
    expect(await lastSeen()).to.equal(clock.now())
  })

  it('fails the request if the database refuses the statement', async () => {
    const { backend, clock, manager } = await start()
    clock.pass(minute)
    backend.before = (call) => {
      if (call === 'touch') throw new Error('no such column')
    }
    await expectError('BACKEND_FAILED', () => read(manager))
  })

  it('is not written to a session that somebody has ended meanwhile', async () => {
    const { backend, clock, manager, other } = await start()
    clock.pass(minute)
    const session = await openSession(manager, 'a')
    await other().delete('a')
    await session.commit()
    expect(await backend.rows()).to.deep.equal([])
  })

  it('is remembered of a thousand sessions, no more', async () => {
    const clock = new Clock()
    const touched: string[] = []
    const touch = async ({ id }: RowTouch) => touched.push(id) > 0
    const options = { lastSeen: { every: 60_000 }, now: clock.now }
    const lastSeen = new LastSeen(options, new TimeLimit(1000), touch)
    const see = (id: string) => lastSeen.see({ row: { id, version: 1 } as StoredRow, isForwarded: false })
    await see('a')
    for (let n = 0; n < 999; n++) await see(`b${n}`)
    expect(see('a')).to.equal(undefined)
    await see('c')
    touched.length = 0
    await see('a')
    expect(touched).to.deep.equal(['a'])
  })

  it('shows in list() and in JSON', async () => {
    const { clock, manager } = await start()
    const [listed] = await manager.list({ userId: 1 })
    expect(listed?.lastSeenAt).to.deep.equal(new Date(clock.now()))
    expect(JSON.parse(JSON.stringify(listed)).lastSeenAt).to.equal(new Date(clock.now()).toISOString())
  })

  it('is noted for hosts that touch their sessions', async () => {
    const { clock, manager, backend, lastSeen } = await start()
    clock.pass(minute)
    const stored = await manager.store.load('a')
    expect(await stored?.touch()).to.equal('unchanged')
    expect(backend.takeCalls()).to.deep.equal(['find', 'touch'])
    expect(await lastSeen()).to.equal(clock.now())
  })

  it('is no concern of a table without the column: nothing is asked, passed or shown', async () => {
    const { backend, clock, manager } = await start({}, memory(false))
    clock.pass(minute)
    await read(manager)
    expect(backend.takeCalls()).to.deep.equal(['find'])
    await manager.set('a', { userId: 2 })
    expect(await backend.row()).to.not.have.property('lastSeenAt')
    expect((await manager.list({ userId: 2 }))[0]?.lastSeenAt).to.equal(null)
    expect((await openSession(manager, 'a')).state.lastSeenAt).to.equal(null)
  })
})

describe('the option lastSeen', () => {
  const managerWith = (lastSeen: unknown, backend = memory()) =>
    new SessionManager<Columns>({ backend, cleanup: false, lastSeen: lastSeen as never })

  for (const [title, given, code] of [
    ['a time below zero', { every: -1 }, 'OPTION_INVALID'],
    ['no time', { every: 'often' }, 'OPTION_INVALID'],
    ['15 days', { every: '15d' }, 'OPTION_INVALID'],
    ['an option that it does not have', { each: '1m' }, 'OPTION_UNKNOWN'],
    ['no object', '1m', 'OPTION_INVALID'],
  ] as const) {
    it(`does not take ${title}`, () => {
      expect(() => managerWith(given))
        .to.throw('lastSeen')
        .with.property('code', code)
    })
  }

  it('needs the column lastSeenAt', () => {
    expect(() => managerWith({ every: '1m' }, memory(false)))
      .to.throw('a model with the column lastSeenAt')
      .with.property('code', 'OPTION_INVALID')
  })
})
