import { expect } from 'chai'
import { Clock } from '../support/clock.js'
import { expectError } from '../support/errors.js'
import { type HostSiteOptions, memory, startHost } from './support/host-site.js'

/** A store with a session `a` that holds `n: 1`, and a second one on the same table, as another process has it. */
async function setUp(options: HostSiteOptions = {}) {
  const clock = new Clock()
  const backend = memory()
  const policy = { now: clock.now, ...options.policy }
  const site = await startHost({}, { ...options, backend, policy })
  const other = await startHost({}, { ...options, backend, policy })
  const request = { ctx: {} }
  await site.store.set('a', { n: 1, _maxAge: 60_000 }, 70_000, request)
  backend.takeCalls()
  const stored = async () => (await site.manager.store.load('a'))?.properties
  return { ...site, other, clock, request, stored }
}

const at = (ctx: object = {}) => ({ ctx })
const empty = { userId: null, seenAt: null }
const minute = { _maxAge: 60_000 }

describe('the traps of a store for koa-session', () => {
  it('1. it is the request that counts, not the id: each request writes what it has changed itself', async () => {
    const { store, other, stored } = await setUp()
    const [one, two] = [at(), at()]
    const [mine, theirs] = [await store.get('a', 0, one), await other.store.get('a', 0, two)]
    await store.set('a', { ...mine, mine: 1 }, 70_000, one)
    await other.store.set('a', { ...theirs, theirs: 1, userId: 7 }, 70_000, two)
    await store.set('a', { ...mine, mine: 2 }, 70_000, one)
    await other.store.set('a', { ...theirs, theirs: 2, userId: 7 }, 70_000, two)
    expect(await stored()).to.deep.equal({ userId: 7, seenAt: null, n: 1, mine: 2, theirs: 2 })
  })

  it('2. what a request has loaded, or has stored, is updated only if it is still there', async () => {
    const { store, other, stored, request } = await setUp()
    const late = at()
    await store.get('a', 0, late)
    await other.store.destroy('a', at())
    for (const who of [late, request]) {
      await store.set('a', { n: 2 }, 70_000, who)
      await store.set('a', { n: 3 }, 70_000, who)
    }
    expect(await stored()).to.equal(undefined)
    await expectError('ID_TAKEN', async () => {
      await store.set('b', { n: 1 }, 70_000, at())
      await store.set('b', { n: 2 }, 70_000, at())
    })
  })

  it('2. nor does regenerate() store it under another id, if it was ended elsewhere: only what the request has set', async () => {
    const { store, other, manager } = await setUp()
    await manager.set('a', { userId: 7, cart: [1], n: 1, seenAt: new Date(0) })
    const slow = at()
    const found = await store.get('a', 0, slow)
    await other.store.destroy('a', at())
    await store.destroy('a', slow)
    const stored = async () => (await manager.store.load('b'))?.properties
    await store.set('b', { ...found, n: 2 }, 70_000, slow)
    expect(await stored()).to.deep.equal({ ...empty, n: 2 })
    await store.set('b', { ...found, n: 2, theme: 'dark' }, 70_000, slow)
    expect(await stored()).to.deep.equal({ ...empty, n: 2, theme: 'dark' })
  })

  it('2. of two logins at once, each with regenerate(), both are logged in', async () => {
    const { store, other, manager } = await setUp()
    const logins = [
      { ...at(), store, key: 'b' },
      { ...at(), store: other.store, key: 'c' },
    ]
    await Promise.all(logins.map(({ ctx, store }) => store.get('a', 0, { ctx })))
    for (const { ctx, store, key } of logins) {
      await store.destroy('a', { ctx })
      await store.set(key, { n: 1, userId: 42 }, 70_000, { ctx })
      expect((await manager.store.load(key))?.properties.userId).to.equal(42)
    }
  })

  it('2. a request that has ended a session may begin another one, also with its id', async () => {
    const { store, manager } = await setUp()
    const request = at()
    await store.get('a', 0, request)
    await store.destroy('a', request)
    await store.set('a', { n: 2 }, 70_000, request)
    await store.set('b', { n: 3 }, 70_000, request)
    expect((await manager.store.load('a'))?.properties.n).to.equal(2)
    expect((await manager.store.load('b'))?.properties.n).to.equal(3)
  })

  it('3. a session is copied as JSON at the call', async () => {
    const { store, stored } = await setUp()
    class Cart {
      readonly items = [1]
      toJSON() {
        return this.items
      }
    }
    const cart = new Cart()
    const request = at()
    await store.get('a', 0, request)
    const first = store.set('a', { n: 1, since: new Date(0), cart, nothing: undefined, run() {} }, 70_000, request)
    cart.items.push(2)
    const second = store.set('a', { n: 1, since: new Date(0), cart }, 70_000, request)
    cart.items.push(3)
    await Promise.all([first, second])
    expect(await stored()).to.deep.equal({ ...empty, n: 1, since: new Date(0).toISOString(), cart: [1, 2] })
  })

  it('4. a save that nobody waited for, and then a logout, leave no row, whether the session is new or not', async () => {
    const { store, backend } = await setUp()
    for (const key of ['a', 'new']) {
      const request = at()
      await store.get(key, 0, request)
      await Promise.all([store.set(key, { n: 2 }, 70_000, request), store.destroy(key, request)])
      expect(await backend.rows(), key).to.have.length(0)
    }
  })

  it('4. a regenerate() that nobody waited for does not bring the old id back', async () => {
    const { store, backend, manager } = await setUp()
    const request = at()
    await store.get('a', 0, request)
    const ending = store.destroy('a', request)
    await Promise.all([ending, store.set('a', { n: 2 }, 70_000, request)])
    expect(await backend.rows()).to.have.length(0)
    await store.set('b', { n: 2 }, 70_000, request)
    expect((await manager.store.load('b'))?.properties.n).to.equal(2)
  })

  it('5. the time is that of the host, then that of the manager; one that is not positive ends the session', async () => {
    const { store, manager, clock } = await setUp({ policy: { maxAge: '100s', absoluteTimeout: '95s' } })
    const request = at()
    const lifetime = async () => {
      const session = await manager.store.load('a')
      return session && [session.maxAge, session.expires.getTime() - clock.now()]
    }
    expect(await lifetime()).to.deep.equal([70_000, 70_000])
    await store.get('a', 0, request)
    await store.set('a', { n: 1 }, 40_000, request)
    expect(await lifetime()).to.deep.equal([40_000, 40_000])
    await store.set('a', { n: 1 }, undefined, request)
    expect(await lifetime()).to.deep.equal([40_000, 40_000])
    await store.set('a', { n: 1 }, Number.NaN, request)
    expect(await lifetime()).to.deep.equal([40_000, 40_000])
    await store.set('a', { n: 1, _session: true }, 'session', request)
    expect(await lifetime()).to.deep.equal([null, 95_000])
    await store.set('a', { n: 1, _maxAge: 5000 }, 15_000, request)
    expect(await lifetime()).to.deep.equal([15_000, 15_000])
    await expectError('OPTION_INVALID', () => store.set('a', { n: 2, _maxAge: '1d' }, '1d', request))
    await store.set('a', { n: 1, _maxAge: -1 }, 9999, request)
    expect(await lifetime()).to.equal(undefined)
  })

  it('6. _expire, _maxAge and _session are what koa-session has set, and no data', async () => {
    const { store, stored, clock } = await setUp({ policy: { absoluteTimeout: '50s' } })
    const expected = { n: 1, _expire: clock.now() + 40_000, _maxAge: 60_000 }
    const request = at()
    expect(await store.get('a', 0, request)).to.deep.equal(expected)
    await store.set('a', expected, 70_000, request)
    expect(await stored()).to.deep.equal({ ...empty, n: 1 })
    await store.set('a', { n: 1, _session: true }, 'session', request)
    expect(await store.get('a', 0, at())).to.deep.equal({ n: 1, _session: true })
    await store.set('a', { n: 1, ...minute }, 70_000, request)
    expect(await store.get('a', 0, at())).to.have.all.keys('n', '_expire', '_maxAge')
  })

  it('6. other names such as _x, which koa-session would drop, are kept and not shown', async () => {
    const { manager, store, stored } = await setUp()
    await manager.set('a', { n: 1, _tenant: 'x', _ctx: 1 })
    const request = at()
    const found = await store.get('a', 0, request)
    expect(found).to.have.all.keys('n', '_expire', '_maxAge')
    await store.set('a', { ...found, n: 2, _mine: 1 }, 70_000, request)
    expect(await stored()).to.deep.equal({ ...empty, n: 2, _tenant: 'x', _ctx: 1 })
  })

  it('9. names that our sessions use themselves are data like any other', async () => {
    const { store, manager } = await setUp()
    const values = { id: 5, createdAt: 'x', expires: 'y', save: 1, touch: 2, $id: 6, $$id: 7, user: { id: 8 } }
    const request = at()
    await store.get('a', 0, request)
    await store.set('a', { ...values, ...minute }, 70_000, request)
    expect(await store.get('a', 0, at())).to.deep.include(values)
    expect((await manager.store.load('a'))?.properties).to.include({ $id: 5, $$id: 6, $save: 1 })
  })

  it('10. columns that are NULL are left out, and keys of the data that are null are not', async () => {
    const { store, stored } = await setUp()
    const request = at()
    await store.get('a', 0, request)
    await store.set('a', { userId: 7, x: null, ...minute }, 70_000, request)
    const next = at()
    expect(await store.get('a', 0, next))
      .to.include({ userId: 7, x: null })
      .and.not.to.have.property('seenAt')
    await store.set('a', { userId: null, ...minute }, 70_000, next)
    expect(await stored()).to.deep.equal(empty)
    expect(await store.get('a', 0, at())).to.have.all.keys('_expire', '_maxAge')
  })

  it('11. what has not changed is written when a renewal is due, or maxAge changes, also if the manager does not roll', async () => {
    const { store, backend, clock } = await setUp({ policy: { rolling: false } })
    const request = at()
    await store.get('a', 0, request)
    for (let n = 0; n < 20; n++) await store.set('a', { n: 1, ...minute }, 70_000, request)
    expect(backend.takeCalls()).to.deep.equal(['find'])
    clock.pass(8)
    for (let n = 0; n < 20; n++) await store.set('a', { n: 1, ...minute }, 70_000, request)
    expect(backend.takeCalls()).to.deep.equal(['touch'])
    for (let n = 0; n < 20; n++) await store.set('a', { n: 1, _maxAge: 30_000 }, 40_000, request)
    expect(backend.takeCalls()).to.deep.equal(['update'])
  })

  it('13. it is no error to end what is not there', async () => {
    const { store } = await setUp()
    await store.destroy('none', at())
    await store.destroy('a', at())
    await store.destroy('a', at())
    expect(await store.get('a', 0, at())).to.equal(undefined)
  })

  it('14. two writes of one request stay in order, and so do those of one that is new', async () => {
    const { store, stored, manager } = await setUp()
    const request = at()
    await store.get('a', 0, request)
    const sets = [1, 2, 3].map((n) => store.set('a', { n }, 70_000, request))
    const created = [1, 2, 3].map((n) => store.set('new', { n }, 70_000, request))
    await Promise.all([...sets, ...created])
    expect((await stored())?.n).to.equal(3)
    expect((await manager.store.load('new'))?.properties.n).to.equal(3)
  })

  it('15. a falsy session and an array are refused, one of 1 MiB is stored, and nothing is left of the refused', async () => {
    const { store, backend } = await setUp({ policy: { maxDataBytes: 2 ** 21 } })
    for (const session of [undefined, null, false, 0, '', 'text', [1]])
      await expectError('DATA_NOT_SERIALIZABLE', () => store.set('b', session as never, 70_000, at()))
    const cycle: Record<string, unknown> = {}
    cycle.self = cycle
    for (const value of [cycle, { n: 1n }])
      await expectError('DATA_NOT_SERIALIZABLE', () => store.set('b', value, 70_000, at()))
    expect(await backend.rows()).to.have.length(1)
    const text = 'x'.repeat(2 ** 20)
    await store.set('b', { text }, 70_000, at())
    expect(await store.get('b', 0, at())).to.include({ text })
    await expectError('DATA_TOO_LARGE', () => store.set('c', { text: text + text }, 70_000, at()))
  })
})
