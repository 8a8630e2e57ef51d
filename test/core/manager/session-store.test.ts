import { mock } from 'node:test'
import { expect } from 'chai'
import { MemorySessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import { WatchedBackend } from '../../koa/support/watched-backend.js'
import { Clock } from '../../support/clock.js'
import { expectError } from '../../support/errors.js'
import { openSession } from '../../support/open-session.js'

interface Columns {
  userId: number | null
  points: number
}

function setUp(options: SessionPolicy<Columns> = {}) {
  const clock = new Clock()
  const backend = new WatchedBackend(new MemorySessionBackend<Columns>({ userId: null, points: 0 }))
  /** Another process on the same table. */
  const process = () =>
    new SessionManager<Columns>({ backend, cleanup: false, now: clock.now, maxAge: '10s', ...options })
  const manager = process()
  return { clock, backend, manager, store: manager.store, other: process().store }
}

const empty = { userId: null, points: 0 }

describe('the store of a manager', () => {
  it('inserts a session and loads it, and loading writes nothing', async () => {
    const { store, backend, clock } = setUp()
    const inserted = await store.insert('a', { userId: 1, cart: [1] })
    expect(inserted.id).to.equal('a')
    clock.pass(9)
    backend.takeCalls()
    const loaded = await store.load('a')
    expect(loaded?.properties).to.deep.equal({ userId: 1, points: 0, cart: [1] })
    expect(loaded?.maxAge).to.equal(null)
    expect(backend.takeCalls()).to.deep.equal(['find'])
    expect(await store.load('b')).to.equal(undefined)
  })

  it('gives ordinary objects, which are copies', async () => {
    const { store, manager } = setUp()
    await store.insert('a', { cart: [1] })
    const loaded = await store.load('a')
    const properties = loaded?.properties as unknown as { cart: number[] }
    properties.cart.push(2)
    expect(loaded?.properties.cart).to.deep.equal([1])
    expect(Object.getPrototypeOf(properties)).to.equal(Object.prototype)
    expect(Object.getPrototypeOf(await manager.get('a'))).to.equal(Object.prototype)
  })

  it('refuses to insert over a session, and inserts over one that has expired', async () => {
    const { store, clock, backend } = setUp()
    await store.insert('a', { n: 1 })
    await expectError('ID_TAKEN', () => store.insert('a', { n: 2 }))
    expect((await store.load('a'))?.properties.n).to.equal(1)
    clock.pass(11)
    await store.insert('a', { n: 3 })
    expect((await store.load('a'))?.properties).to.deep.equal({ ...empty, n: 3 })
    expect(await backend.rows()).to.have.length(1)
  })

  it('refuses also when another process was faster by a moment', async () => {
    const { store, other, backend } = setUp()
    backend.before = async (call) => {
      if (call !== 'insert') return
      backend.before = () => {}
      await other.insert('a', { by: 'other' })
    }
    await expectError('ID_TAKEN', () => store.insert('a', { by: 'me' }))
    expect((await store.load('a'))?.properties.by).to.equal('other')
  })

  it('refuses what is no id, no time or no object, and says which', async () => {
    const { store } = setUp()
    for (const id of ['', 7, undefined]) await expectError('ID_INVALID', () => store.load(id as string))
    for (const maxAge of [0, -1, Number.NaN, '5'])
      await expectError('OPTION_INVALID', () => store.insert('a', {}, { maxAge: maxAge as number }))
    await expectError('DATA_NOT_SERIALIZABLE', () => store.insert('a', [] as never))
    const session = await store.insert('a', {})
    await expectError('OPTION_INVALID', () => session.write({}, { maxAge: 0 }))
    await expectError('ID_INVALID', () => session.rotate(''))
  })

  it('is closed with its manager', async () => {
    const { manager, store } = setUp()
    const session = await store.insert('a', {})
    manager.close()
    await expectError('MANAGER_CLOSED', () => store.load('a'))
    await expectError('MANAGER_CLOSED', () => store.insert('b', {}))
    await expectError('MANAGER_CLOSED', () => store.delete('a'))
    await expectError('MANAGER_CLOSED', () => session.write({ n: 1 }))
  })

  it('ends sessions, and tells whether there was one', async () => {
    const { store } = setUp()
    await store.insert('a', {})
    expect(await store.delete('a')).to.equal(true)
    expect(await store.delete('a')).to.equal(false)
  })

  it('lists every living session without a write, as far as it is told', async () => {
    const { store, backend, clock } = setUp()
    await store.insert('gone', {}, { maxAge: 1000 })
    await store.insert('a', { n: 1 })
    await store.insert('b', { userId: 7 }, { maxAge: 5000 })
    clock.pass(2)
    backend.takeCalls()
    const listed = await store.list()
    expect(listed.map(({ properties }) => properties)).to.deep.equal([
      { ...empty, userId: 7 },
      { ...empty, n: 1 },
    ])
    expect(await store.list({ limit: 1 })).to.have.length(1)
    expect(backend.takeCalls()).to.deep.equal(['list', 'list'])
    await expectError('OPTION_INVALID', () => store.list({ limit: 0 }))
  })
})

describe('a stored session', () => {
  it('tells whether it was written, and writes nothing if nothing has changed', async () => {
    const { store, backend } = setUp()
    await store.insert('a', { n: 1, deep: { x: [1] } })
    const session = await store.load('a')
    backend.takeCalls()
    expect(await session?.write({ ...empty, n: 1, deep: { x: [1] } })).to.equal('unchanged')
    expect(backend.takeCalls()).to.deep.equal([])
    expect(await session?.write({ ...empty, n: 2, deep: { x: [1] } })).to.equal('written')
    expect(await session?.write({ ...empty, n: 2, deep: { x: [1] } })).to.equal('unchanged')
    expect(backend.takeCalls()).to.deep.equal(['update'])
  })

  it('renews with a write that changes nothing only when that is due', async () => {
    const { store, backend, clock } = setUp()
    const session = await store.insert('a', { n: 1 })
    backend.takeCalls()
    for (let n = 0; n < 20; n++) expect(await session.write({ n: 1 })).to.equal('unchanged')
    clock.pass(5)
    expect(await session.touch()).to.equal('written')
    expect(await session.touch()).to.equal('unchanged')
    expect(backend.takeCalls()).to.deep.equal(['touch'])
    clock.pass(6)
    expect(await store.load('a')).not.to.equal(undefined)
  })

  it('has a time of its own, which a later one replaces, and which the absolute timeout limits', async () => {
    const { store, clock, backend } = setUp({ absoluteTimeout: '60s' })
    const session = await store.insert('a', {}, { maxAge: 30_000 })
    expect(session.maxAge).to.equal(30_000)
    expect(session.expires.getTime()).to.equal(clock.now() + 30_000)
    backend.takeCalls()
    expect(await session.touch({ maxAge: 30_000 })).to.equal('unchanged')
    expect(await session.touch({ maxAge: 20_000 })).to.equal('written')
    expect(session.expires.getTime()).to.equal(clock.now() + 20_000)
    expect(await session.write({ n: 1 }, { maxAge: null })).to.equal('written')
    expect(session.maxAge).to.equal(null)
    expect((await store.load('a'))?.expires.getTime()).to.equal(clock.now() + 10_000)
    expect(await session.write({ n: 2 }, { maxAge: 90_000 })).to.equal('written')
    expect((await store.load('a'))?.expires.getTime()).to.equal(clock.now() + 60_000)
  })

  it('keeps the changes of two requests that change different keys, however often both write', async () => {
    const { store, other } = setUp()
    await store.insert('a', { n: 0 })
    const mine = await store.load('a')
    const theirs = await other.load('a')
    expect(await mine?.write({ ...empty, n: 0, mine: 1 })).to.equal('written')
    expect(await theirs?.write({ ...empty, n: 0, theirs: 1, points: 5 })).to.equal('written')
    expect(await mine?.write({ ...empty, n: 0, mine: 2 })).to.equal('written')
    expect(await theirs?.write({ ...empty, n: 0, theirs: 2, points: 5 })).to.equal('written')
    expect((await store.load('a'))?.properties).to.deep.equal({ userId: null, points: 5, n: 0, mine: 2, theirs: 2 })
  })

  it('removes the keys that are left out, but for columns that are NULL', async () => {
    const { store, manager } = setUp()
    await store.insert('a', { n: 1, m: 2, userId: 7, points: 3 })
    const session = await store.load('a')
    expect(await session?.write({ m: 2, points: 3 })).to.equal('written')
    expect(await manager.get('a')).to.deep.equal({ ...empty, m: 2, points: 3 })
    expect(await session?.write({ m: 2, points: 3, userId: null })).to.equal('unchanged')
  })

  it('removes a key of the data that is null, when it is left out', async () => {
    const { store } = setUp()
    await store.insert('a', { n: null, m: null })
    const session = await store.load('a')
    expect(await session?.write({ ...empty, m: null })).to.equal('written')
    expect((await store.load('a'))?.properties).to.deep.equal({ ...empty, m: null })
  })

  it('is renewed by the host, also if reading does not renew the sessions of the manager', async () => {
    const { store, clock, backend } = setUp({ rolling: false })
    const session = await store.insert('a', { n: 1 })
    clock.pass(5)
    expect(await session.write({ n: 2 })).to.equal('written')
    clock.pass(8)
    expect(await session.touch()).to.equal('written')
    clock.pass(8)
    backend.takeCalls()
    expect(await session.write({ n: 2 })).to.equal('written')
    expect(await session.write({ n: 2 })).to.equal('unchanged')
    expect(backend.takeCalls()).to.deep.equal(['touch'])
    clock.pass(9)
    expect((await store.load('a'))?.properties.n).to.equal(2)
  })

  it('is gone for good once somebody has ended it, and is never written again', async () => {
    const { store, other, backend } = setUp()
    for (const end of [() => other.delete('a'), () => backend.inner.deleteAll()]) {
      await store.insert('a', { n: 1 })
      const session = await store.load('a')
      await end()
      expect(await session?.write({ n: 2 })).to.equal('gone')
      expect(await session?.write({ n: 3 })).to.equal('gone')
      expect(await session?.touch({ maxAge: 5000 })).to.equal('gone')
      expect(await session?.rotate()).to.equal('gone')
      expect(await session?.destroy()).to.equal('gone')
      expect(await backend.rows()).to.have.length(0)
    }
  })

  it('gets another id, under which it goes on; the old one opens nothing', async () => {
    const { store, backend } = setUp()
    const session = await store.insert('a', { n: 1 })
    expect(await session.rotate()).to.equal('written')
    expect(session.id).to.match(/^[\w-]{43}$/)
    expect((await store.load(session.id))?.properties.n).to.equal(1)
    expect(await store.load('a')).to.equal(undefined)
    expect(await session.rotate('mine')).to.equal('written')
    expect(session.id).to.equal('mine')
    expect(await session.write({ n: 2 })).to.equal('written')
    expect((await store.load('mine'))?.properties.n).to.equal(2)
    expect(await session.destroy()).to.equal('written')
    expect(await backend.rows()).to.have.length(0)
  })

  it('copies what it is given at the call, and does what it is told in order', async () => {
    const { store, backend } = setUp()
    const session = await store.insert('a', { cart: [1] })
    const cart = [1, 2]
    const writing = session.write({ cart })
    cart.push(3)
    const ending = session.destroy()
    expect(await writing).to.equal('written')
    expect(await ending).to.equal('written')
    expect(await backend.rows()).to.have.length(0)
  })

  it('leaves no row if a write that nobody waits for comes just before the end by another call', async () => {
    const { store, backend } = setUp()
    const session = await store.insert('a', { n: 1 })
    const writing = session.write({ n: 2 })
    const ending = store.delete('a')
    expect(await Promise.all([writing, ending])).to.deep.equal(['written', true])
    expect(await backend.rows()).to.have.length(0)
  })

  it('forgets a change that could not be stored, and stores what it is given next', async () => {
    const { store, backend } = setUp()
    await store.insert('a', { n: 1 })
    const session = await store.load('a')
    backend.before = (call) => {
      if (call === 'update') throw new Error('no space')
    }
    await expectError('BACKEND_FAILED', async () => session?.write({ ...empty, n: 2 }))
    backend.before = () => {}
    expect(await session?.write({ ...empty, n: 1, m: 1 })).to.equal('written')
    expect((await store.load('a'))?.properties).to.deep.equal({ ...empty, n: 1, m: 1 })
  })

  it('writes nothing if one name is reserved, and leaves a reserved name alone that others have written', async () => {
    const { store, backend } = setUp()
    const session = await store.insert('a', { n: 1 })
    await expectError('NAME_RESERVED', () => session.write({ n: 2, id: 'x' } as never))
    expect((await store.load('a'))?.properties).to.deep.equal({ ...empty, n: 1 })
    const [row] = await backend.rows()
    await backend.inner.update([
      {
        id: String(row?.id),
        version: row?.version ?? null,
        now: new Date(0),
        values: { data: '{"n":1,"id":"theirs"}', version: 9 },
      },
    ])
    const loaded = await store.load('a')
    expect(await loaded?.write({ ...empty, n: 3, id: 'theirs' } as never)).to.equal('written')
    expect((await store.load('a'))?.properties).to.deep.equal({ ...empty, n: 3, id: 'theirs' })
  })
})

describe('a manager whose ids were replaced', () => {
  it('stores under the new id what is set under the old one, and makes no second session', async () => {
    const { manager, backend } = setUp()
    const session = await openSession(manager)
    session.properties.set('n', 1)
    await session.commit()
    const old = session.id
    await session.regenerate()
    await session.commit()
    await manager.set(old, { n: 2 })
    expect((await manager.get(session.id))?.n).to.equal(2)
    expect(await manager.get(old)).to.equal(undefined)
    expect(await backend.rows()).to.have.length(1)
  })

  it('sets what it has got', async () => {
    const { manager } = setUp()
    await manager.set('a', { n: 1, userId: 3 })
    await manager.set('a', { ...(await manager.get('a')) })
    expect(await manager.get('a')).to.deep.equal({ ...empty, n: 1, userId: 3 })
  })
})

describe('the default clock', () => {
  afterEach(() => mock.timers.reset())

  it('is that of timers which a test installs later', async () => {
    const manager = new SessionManager<object, { n: number }>({
      backend: new MemorySessionBackend(),
      cleanup: false,
      maxAge: '10s',
    })
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    await manager.set('a', { n: 1 })
    mock.timers.tick(11_000)
    expect(await manager.get('a')).to.equal(undefined)
  })
})
