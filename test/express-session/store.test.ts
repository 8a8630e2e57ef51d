import { AsyncLocalStorage } from 'node:async_hooks'
import fastifySession from '@fastify/session'
import { expect } from 'chai'
import session, { type SessionData } from 'express-session'
import { MemorySessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import { expressSessionStore } from 'koa-session-model/express-session'
import { WatchedBackend } from '../koa/support/watched-backend.js'
import { Clock } from '../support/clock.js'
import { expectError } from '../support/errors.js'
import { warned } from '../support/warned.js'
import { promised } from './support/host.js'

interface Columns {
  userId: number | null
  lastSeen: Date | null
}

function setUp(policy: SessionPolicy<Columns> = {}) {
  const clock = new Clock(new Date().toISOString())
  const backend = new WatchedBackend(new MemorySessionBackend<Columns>({ userId: null, lastSeen: null }))
  const manager = new SessionManager<Columns>({ backend, cleanup: false, now: clock.now, maxAge: '1h', ...policy })
  const store = expressSessionStore(session, manager)
  const get = (id: string) =>
    new Promise<Record<string, unknown> | null | undefined>((resolve, reject) => {
      store.get(id, (error, data) => (error ? reject(error) : resolve(data as never)))
    })
  const set = (id: string, data: unknown) => promised((callback) => store.set(id, data as SessionData, callback))
  const touch = (id: string, data: unknown) => promised((callback) => store.touch?.(id, data as SessionData, callback))
  const destroy = (id: string) => promised((callback) => store.destroy(id, callback))
  const minutes = async () => Math.round(((await backend.row()).expires.getTime() - clock.now()) / 60_000)
  return { clock, backend, manager, store, get, set, touch, destroy, minutes }
}

const minute = 60_000

describe('the store for express-session', () => {
  it('extends the Store of the package that it is given', () => {
    const { store, manager } = setUp()
    expect(store).to.be.instanceOf(session.Store)
    expect(expressSessionStore(fastifySession, manager)).to.be.instanceOf(fastifySession.Store as never)
  })

  it('takes the time from originalMaxAge, maxAge, expires, and then from the manager', async () => {
    const { set, minutes, clock } = setUp()
    const inMinutes = (count: number) => new Date(clock.now() + count * minute)
    const cases = [
      [{ originalMaxAge: 5 * minute, maxAge: minute, expires: inMinutes(9) }, 5],
      [{ originalMaxAge: Number.NaN, maxAge: 7 * minute }, 7],
      [{ originalMaxAge: null, maxAge: null, expires: inMinutes(9) }, 9],
      [{ originalMaxAge: null, expires: inMinutes(9).toISOString() }, 9],
      [{ originalMaxAge: null, expires: 'never' }, 60],
      [{ originalMaxAge: null, expires: false }, 60],
      [{ originalMaxAge: Number.POSITIVE_INFINITY }, 60],
      [undefined, 60],
    ] as const
    for (const [cookie, expected] of cases) {
      await set('a', { cookie })
      expect(await minutes(), JSON.stringify(cookie)).to.equal(expected)
    }
  })

  it('ends a session whose time is not positive, and begins none', async () => {
    const { set, backend } = setUp()
    for (const originalMaxAge of [0, -1]) {
      await set('a', { cookie: { originalMaxAge } })
      expect(await backend.rows()).to.deep.equal([])
      await set('a', { cookie: {} })
      await set('a', { cookie: { originalMaxAge } })
      expect(await backend.rows()).to.deep.equal([])
    }
  })

  it('stores the constant part of the cookie, and no drift of the clock', async () => {
    const { set, get, backend, clock } = setUp()
    const cookie = {
      originalMaxAge: 5 * minute,
      expires: new Date(clock.now() + 5 * minute),
      path: '/',
      httpOnly: true,
    }
    await set('a', { cookie, n: 1 })
    expect(JSON.parse(String((await backend.row()).data))).to.deep.include({
      cookie: { originalMaxAge: 5 * minute, path: '/', httpOnly: true },
    })
    const data = await get('a')
    backend.takeCalls()
    await set(
      'a',
      Object.assign(data ?? {}, { cookie: { ...cookie, originalMaxAge: 5 * minute - 3, expires: new Date(0) } }),
    )
    expect(backend.takeCalls()).to.deep.equal([])
    expect((await get('a'))?.cookie).to.deep.include({ expires: new Date(clock.now() + 5 * minute) })
  })

  it('renews by touch when that is due, or if the time has changed, and keeps the new time', async () => {
    const { set, get, touch, backend, clock, minutes } = setUp()
    const cookie = { originalMaxAge: 10 * minute, path: '/' }
    await set('a', { cookie })
    const data = await get('a')
    backend.takeCalls()
    for (let n = 0; n < 20; n++) await touch('a', data)
    expect(backend.takeCalls()).to.deep.equal([])
    clock.pass(5 * 60)
    await touch('a', data)
    await touch('a', data)
    expect(backend.takeCalls()).to.deep.equal(['touch'])
    await touch('a', Object.assign(data ?? {}, { cookie: { ...cookie, originalMaxAge: 30 * minute } }))
    expect(backend.takeCalls()).to.deep.equal(['update'])
    expect(await minutes()).to.equal(30)
    expect((await get('a'))?.cookie).to.include({ originalMaxAge: 30 * minute })
    await touch('a', Object.assign(data ?? {}, { cookie: { ...cookie, originalMaxAge: -1 } }))
    expect(await backend.rows()).to.deep.equal([])
    await touch('b', { cookie })
    expect(await backend.rows()).to.deep.equal([])
  })

  it('never moves a moment that is fixed, and does not write for it', async () => {
    const { set, get, touch, backend, clock, minutes } = setUp()
    const cookie = { originalMaxAge: null, expires: new Date(clock.now() + 10 * minute) }
    await set('a', { cookie })
    clock.pass(8 * 60)
    const data = await get('a')
    backend.takeCalls()
    await set('a', data)
    await touch('a', data)
    expect(backend.takeCalls()).to.deep.equal([])
    await set('a', Object.assign(data ?? {}, { n: 1 }))
    expect(await minutes()).to.equal(2)
  })

  it('calls back once, outside of the promise, and does without a callback', async () => {
    const { store, get, backend } = setUp()
    const errors: unknown[] = []
    const listeners = process.rawListeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    const caught = new Promise<void>((resolve) => {
      process.once('uncaughtException', (error) => resolve(void errors.push(error)))
    })
    let calls = 0
    store.get('a', () => {
      calls++
      throw new Error('of the callback')
    })
    await caught
    for (const listener of listeners) process.on('uncaughtException', listener as never)
    expect(calls).to.equal(1)
    expect(errors).to.match(/of the callback/)
    store.set('a', { cookie: {}, n: 1 } as never)
    expect(await get('a')).to.include({ n: 1 })
    store.touch?.('a', { cookie: {} } as never)
    store.destroy('a')
    expect(await get('a')).to.equal(undefined)
    store.clear()
    expect(await backend.rows()).to.deep.equal([])
  })

  it('warns of an error that nobody has a callback for', async () => {
    const { store } = setUp()
    const warnings = await warned('DATA_NOT_SERIALIZABLE', async () => store.set('a', null as never))
    expect(warnings).to.have.length(1)
  })

  it('never says that it is disconnected', async () => {
    const { store, get, manager } = setUp()
    let count = 0
    store.on('disconnect', () => count++)
    manager.close()
    await expectError('MANAGER_CLOSED', () => get('a'))
    expect(count).to.equal(0)
  })

  it('destroys what is not there, and knows all sessions by their rows', async () => {
    const { store, set, destroy } = setUp()
    const count = () =>
      new Promise((resolve, reject) => store.length((error, n) => (error ? reject(error) : resolve(n))))
    const all = () =>
      new Promise((resolve, reject) => store.all((error, found) => (error ? reject(error) : resolve(found))))
    await destroy('a')
    expect(await all()).to.deep.equal([])
    await set('a', { cookie: { originalMaxAge: null }, id: 1 })
    await set('b', { cookie: { originalMaxAge: null }, userId: 2 })
    expect(await count()).to.equal(2)
    expect(await all()).to.have.deep.members([
      { cookie: { originalMaxAge: null }, id: 1 },
      { cookie: { originalMaxAge: null }, userId: 2 },
    ])
    await promised((callback) => store.clear(callback))
    expect(await count()).to.equal(0)
  })

  it('replaces what a script sets, and keeps the types of columns', async () => {
    const { get, set } = setUp()
    const lastSeen = new Date(0)
    await set('a', { cookie: {}, n: 1, lastSeen })
    expect((await get('a'))?.lastSeen).to.deep.equal(lastSeen)
    await Promise.all([set('a', { cookie: {}, m: 1 }), set('a', { cookie: {}, m: 2 })])
    expect({ ...(await get('a')) }).to.deep.equal({ cookie: {}, m: 2 })
  })

  it('replaces what another process stores at the same moment, and what it ends', async () => {
    const { backend, manager, get, set } = setUp()
    const other = new SessionManager<Columns>({ backend: backend.inner, cleanup: false, now: manager.options.now })
    backend.before = async (call) => {
      if (call !== 'insert') return
      backend.before = () => {}
      await other.store.insert('a', { by: 'other' })
    }
    await set('a', { cookie: {}, by: 'me' })
    expect((await get('a'))?.by).to.equal('me')
    backend.before = async (call) => {
      if (call !== 'update') return
      backend.before = () => {}
      await other.delete('a')
    }
    await set('a', { cookie: {}, by: 'me again' })
    expect((await get('a'))?.by).to.equal('me again')
  })

  it('refuses what is no session, and what JSON cannot hold', async () => {
    const { set, touch, backend } = setUp()
    const cycle: Record<string, unknown> = { cookie: {} }
    cycle.self = cycle
    for (const data of [undefined, null, false, 0, '', [], [1], 'text', new Map(), cycle, { n: 1n }]) {
      await expectError('DATA_NOT_SERIALIZABLE', () => set('a', data))
    }
    for (const none of [undefined, null, [], 'text']) await expectError('DATA_NOT_SERIALIZABLE', () => touch('a', none))
    expect(await backend.rows()).to.deep.equal([])
  })

  it('keeps what the host has no place for, and what a Session of the host does not show', async () => {
    const { manager, store, get, set } = setUp()
    await manager.store.insert('a', { n: 1, req: 'kept', resetMaxAge: 'kept' } as never)
    const request = { sessionID: 'a', sessionStore: store }
    const loaded = store.createSession(request as never, (await get('a')) as never)
    expect(Object.keys(loaded)).to.have.members(['cookie', 'n'])
    await set('a', Object.assign(loaded, { n: 2 }))
    expect(await manager.get('a')).to.include({ n: 2, req: 'kept', resetMaxAge: 'kept' })
  })

  it('hides a key that would be the prototype of a session, and leaves it in the row', async () => {
    const { manager, get, set, backend } = setUp()
    await manager.set('a', JSON.parse('{"n":1,"__proto__":{"isAdmin":true}}'))
    const data = await get('a')
    expect((data as { isAdmin?: unknown }).isAdmin).to.equal(undefined)
    await set('a', Object.assign(data ?? {}, { n: 2 }))
    expect((await backend.row()).data)
      .to.match(/"__proto__":\{"isAdmin":true\}/)
      .and.match(/"n":2/)
  })

  it('calls back in the async context of the call', async () => {
    const { store } = setUp()
    const context = new AsyncLocalStorage<number>()
    const seen = await new Promise((resolve) => {
      context.run(5, () => store.get('a', () => resolve(context.getStore())))
    })
    expect(seen).to.equal(5)
  })

  it('refuses what is no id, and a row whose cookie is none', async () => {
    const { get, set, manager } = setUp()
    for (const id of ['', 7, undefined]) {
      await expectError('ID_INVALID', () => get(id as string))
      await expectError('ID_INVALID', () => set(id as string, { cookie: {} }))
    }
    for (const cookie of ['text', 1, null, []]) {
      await manager.set('a', { cookie })
      await expectError('DATA_CORRUPT', () => get('a'))
    }
  })

  it('passes to the host what onGone throws', async () => {
    const { manager, get } = setUp()
    const onGone = async (): Promise<never> => {
      throw new Error('log in again')
    }
    const store = expressSessionStore(session, manager, { onGone })
    await manager.set('a', { cookie: {} })
    const data = await new Promise<SessionData>((resolve) =>
      store.get('a', (_, found) => resolve(found as SessionData)),
    )
    await manager.delete('a')
    const error = await promised((callback) => store.set('a', Object.assign(data, { n: 1 }), callback)).catch((e) => e)
    expect(error).to.match(/log in again/)
    expect(await get('a')).to.equal(undefined)
  })

  it('is not made without the package, a manager that is open, and options that exist', async () => {
    const { manager } = setUp()
    const make = expressSessionStore as (...parts: unknown[]) => unknown
    for (const host of [undefined, null, {}, () => {}, { Store: {} }])
      await expectError('OPTION_INVALID', () => make(host, manager))
    for (const none of [undefined, null, {}, new MemorySessionBackend()])
      await expectError('OPTION_INVALID', () => make(session, none))
    await expectError('OPTION_UNKNOWN', () => make(session, manager, { ttl: 5 }))
    await expectError('OPTION_INVALID', () => make(session, manager, { onGone: 'throw' }))
    const ofCookies = new SessionManager({ backend: new MemorySessionBackend({ cookie: '' }), cleanup: false })
    await expectError('OPTION_INVALID', () => make(session, ofCookies))
    manager.close()
    await expectError('MANAGER_CLOSED', () => make(session, manager))
  })
})
