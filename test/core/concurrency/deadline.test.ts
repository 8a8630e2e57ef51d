import { mock } from 'node:test'
import { expect } from 'chai'
import { type BackendCall, MemorySessionBackend, type SessionEvents, SessionManager } from 'koa-session-model'
import { Deadline, TimeLimit } from '../../../src/core/concurrency/deadline.js'
import { Clock } from '../../support/clock.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'
import { idle } from '../../support/passing-time.js'

type Answer = 'memory' | 'never'

/** A database whose calls never end, while it is told so. */
class HangingBackend extends MemorySessionBackend<{ userId: number | null }> {
  answer: Answer = 'memory'
  readonly calls: BackendCall[] = []
  readonly abandoned: string[] = []

  constructor() {
    super({ userId: null })
    for (const name of ['find', 'insert', 'update', 'delete', 'list', 'deleteWhere'] as const) {
      const call = (this[name] as (...given: unknown[]) => Promise<unknown>).bind(this)
      const hanging = async (...given: unknown[]): Promise<unknown> => {
        if (this.answer === 'memory') return call(...given)
        const asked = given.at(-1) as BackendCall
        this.calls.push(asked)
        asked.waitsFor('connection')
        asked.waitsFor('answer', () => void this.abandoned.push(name))
        return new Promise(() => {})
      }
      Object.assign(this, { [name]: hanging })
    }
  }
}

/** The intervals of the process, which pass when the test says so. */
class Intervals {
  readonly #all = new Set<{ readonly work: () => void; readonly every: number }>()

  start(): void {
    mock.method(globalThis, 'setInterval', (work: () => void, every: number) => {
      const interval = { work, every, unref: () => interval }
      this.#all.add(interval)
      return interval
    })
    mock.method(globalThis, 'clearInterval', (interval: never) => void this.#all.delete(interval))
  }

  /** In steps that are finer than any interval. */
  async pass(milliseconds: number): Promise<void> {
    await idle()
    for (let passed = 5; passed <= milliseconds; passed += 5) {
      for (const { work, every } of this.#all) if (passed % every === 0) work()
    }
    await idle()
  }

  get count(): number {
    return this.#all.size
  }
}

describe('the time limit', () => {
  const intervals = new Intervals()

  beforeEach(() => intervals.start())
  afterEach(() => mock.restoreAll())

  function setUp() {
    const backend = new HangingBackend()
    const clock = new Clock()
    const manager = new SessionManager({ backend, cleanup: false, timeout: '10s', touchAfter: 0, now: clock.now })
    return { backend, manager, clock }
  }

  it('ends every operation that waits for the database, and gives the connection up', async () => {
    const { backend, manager, clock } = setUp()
    const session = await openSession(manager)
    session.properties.set('userId', 1)
    await session.commit()
    const { id } = session
    const [changed, ended, renewed] = await Promise.all([
      openSession(manager, id),
      openSession(manager, id),
      openSession(manager, id),
    ])
    changed.properties.set('userId', 2)
    const fresh = await openSession(manager)
    fresh.properties.set('userId', 3)
    backend.answer = 'never'
    const operations = {
      load: () => openSession(manager, id),
      write: () => changed.commit(),
      logout: () => ended.destroy(),
      login: () => fresh.commit(),
      get: () => manager.get(id),
      set: () => manager.set(id, {}),
      delete: () => manager.delete(id),
      list: () => manager.list({ userId: 1 }),
      revoke: () => manager.revoke({ userId: 1 }),
    }
    const outcomes = Object.entries(operations).map(async ([name, operation]) => {
      const error = await expectError('BACKEND_TIMEOUT', operation)
      return { name, status: error.status, waited: /waited 10000 ms for (.*?), which/.exec(error.message)?.[1] }
    })
    clock.pass(60)
    const renewing = renewed.commit()
    await intervals.pass(10_500)
    for (const { name, status, waited } of await Promise.all(outcomes)) {
      expect(status, name).to.equal(503)
      expect(waited, name).to.match(
        /^(the database's answer|the statements that load sessions|other requests of this|earlier calls of this)/,
      )
    }
    await renewing // which is no error of a request that reads
    expect(backend.abandoned).to.include.members(['find', 'insert', 'update', 'delete', 'list', 'deleteWhere'])
    expect(backend.calls.every(({ isOver }) => isOver)).to.equal(true)
  })

  it('leaves no lock of the limit behind', async () => {
    const { backend, clock } = setUp()
    const limit = { by: 'userId', max: 1 } as const
    const manager = new SessionManager({ backend, cleanup: false, limit, now: clock.now })
    const login = async (): Promise<void> => {
      const session = await openSession(manager)
      session.properties.set('userId', 1)
      await session.commit()
    }
    const { list } = backend
    backend.list = () => new Promise(() => {})
    const failed = expectError('BACKEND_TIMEOUT', login)
    await intervals.pass(10_500)
    await failed
    backend.list = list
    await login() // by the clock of the manager the lock does not expire
  })

  it('says that it has passed by an event, and says what was waited for', async () => {
    const { backend, manager } = setUp()
    const events: SessionEvents['error'][] = []
    manager.on('error', (event) => void events.push(event))
    backend.find = (_ids: readonly string[], call?: BackendCall) => {
      call?.waitsFor('connection')
      return new Promise(() => {})
    }
    const failed = expectError('BACKEND_TIMEOUT', () => openSession(manager, 'a'))
    await intervals.pass(10_500)
    const error = await failed
    expect(error.message).to.include('a free connection of the pool')
    expect(error.message).to.include('inside of a transaction')
    expect((error.cause as Error).message).to.include('a free connection of the pool')
    expect(events.map((event) => event.error)).to.deep.equal([error])
  })

  it('lets a few statements hang, not all, and the rest goes on when they have ended', async () => {
    const { backend, manager } = setUp()
    backend.answer = 'never'
    const loads = Array.from({ length: 50 }, (_, n) =>
      expectError('BACKEND_TIMEOUT', () => openSession(manager, `id${n}`)),
    )
    await intervals.pass(9000)
    expect(backend.calls).to.have.length(4)
    await intervals.pass(1500)
    await Promise.all(loads)
    backend.answer = 'memory'
    await intervals.pass(10_500)
    expect((await openSession(manager, 'a')).isNew).to.equal(true)
  })

  it('counts no time that a function of the application takes', async () => {
    const { manager } = setUp()
    await manager.set('a', { userId: 1 })
    const session = await openSession(manager, 'a')
    await session.update(() => intervals.pass(60_000).then(() => session.properties.set('userId', 2)))
    expect(await manager.get('a')).to.include({ userId: 2 })
  })

  it('leaves the row to the one before where somebody gave up waiting for his turn', async () => {
    const { backend, manager } = setUp()
    await manager.set('a', { userId: 1 })
    const [first, second, third] = await Promise.all([
      openSession(manager, 'a'),
      openSession(manager, 'a'),
      openSession(manager, 'a'),
    ])
    backend.answer = 'never'
    first.properties.set('userId', 2)
    second.properties.set('userId', 3)
    third.properties.set('userId', 4)
    const outcomes = [first, second, third].map((one) => expectError('BACKEND_TIMEOUT', () => one.commit()))
    await intervals.pass(5000)
    expect(backend.calls).to.have.length(1)
    await intervals.pass(6000)
    const [asked, , turn] = await Promise.all(outcomes)
    expect(asked?.message).to.include("the database's answer")
    expect(turn?.message).to.include('other requests of this process')
    expect(backend.calls.length).to.be.lessThan(3)
    backend.answer = 'memory'
    await manager.set('a', { userId: 5 })
    expect(await manager.get('a')).to.include({ userId: 5 })
  })

  it('needs no timer while nobody waits', async () => {
    const { backend, manager } = setUp()
    await manager.set('a', { userId: 1 })
    backend.answer = 'never'
    const failed = expectError('BACKEND_TIMEOUT', () => manager.get('a'))
    await intervals.pass(10_500)
    await failed
    await intervals.pass(10_500)
    expect(intervals.count).to.equal(0)
  })

  it('refuses what begins when it is over', async () => {
    const limit = new TimeLimit(100)
    const deadline = limit.begin()
    const waiting = expectError('BACKEND_TIMEOUT', () => deadline.wait(new Promise(() => {}), () => 'nothing'))
    await intervals.pass(150)
    await waiting
    expect(deadline).to.be.instanceOf(Deadline)
    expect(deadline.isOver).to.equal(true)
    await expectError('BACKEND_TIMEOUT', () => deadline.wait(Promise.resolve(1), () => 'something'))
  })

  it('is an option, in milliseconds or as a duration', async () => {
    const backend = new MemorySessionBackend()
    expect(new SessionManager({ backend, cleanup: false }).options.timeout).to.equal(10_000)
    expect(new SessionManager({ backend, cleanup: false, timeout: '2s' }).options.timeout).to.equal(2000)
    for (const timeout of [0, -1, Number.POSITIVE_INFINITY, '30d', 'soon' as never]) {
      await expectError('OPTION_INVALID', () => new SessionManager({ backend, cleanup: false, timeout }))
    }
  })
})
