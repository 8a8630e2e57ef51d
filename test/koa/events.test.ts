import { once } from 'node:events'
import { inspect } from 'node:util'
import { expect } from 'chai'
import { type SessionEvents, SessionManager } from 'koa-session-model'
import { viewOf } from '../../src/core/session/session-view.js'
import { eventNames } from '../support/channels.js'
import { openSession } from '../support/open-session.js'
import { type Handlers, type Options, start } from './support/site.js'

const handlers: Handlers = {
  '/login': async (ctx) => {
    await ctx.session.regenerate()
    Object.assign(ctx.session, { userId: 1, secret: 'word' })
  },
  '/write': (ctx) => {
    ctx.session.views = 1
  },
  '/demote': (ctx) => ctx.session.regenerate({ grace: 0 }),
  '/logout': (ctx) => ctx.session.destroy(),
  '/': (ctx) => {
    ctx.body = ctx.session
  },
}

async function listen(options: Options = {}) {
  const site = await start(handlers, options)
  const events: { name: string; event: SessionEvents[keyof SessionEvents] }[] = []
  for (const name of eventNames) site.manager.on(name, (event) => events.push({ name, event }))
  /** What was told since the last time, by name, and by what else it says. */
  const take = () => events.splice(0).map(({ name, event: { at, session, ...facts } }) => ({ name, ...facts }))
  return { ...site, events, take }
}

describe('the events of a session', () => {
  it('tell its whole life', async () => {
    const { client, take, clock, manager, events } = await listen()
    const visitor = client()
    await visitor.json('/write')
    expect(take()).to.deep.equal([{ name: 'created' }])
    clock.pass(5 * 86_400)
    await visitor.json('/')
    expect(take()).to.deep.equal([{ name: 'loaded' }, { name: 'renewed' }])
    await visitor.json('/login')
    const [, rotated] = events
    const previous = events[0]?.event.session
    expect(rotated?.event.session).not.to.equal(previous)
    expect(take()).to.deep.equal([{ name: 'loaded' }, { name: 'rotated', previous }, { name: 'authenticated' }])
    await visitor.copy().json('/logout')
    expect(take()).to.deep.equal([{ name: 'loaded' }, { name: 'destroyed', count: 1, reason: 'logout' }])
    await visitor.json('/')
    expect(take()).to.deep.equal([{ name: 'rejected', reason: 'unknown' }])
    await visitor.json('/login')
    take()
    expect(await manager.revoke({ userId: 1 })).to.equal(1)
    expect(await manager.revoke({ userId: 1 })).to.equal(0)
    expect(take()).to.deep.equal([{ name: 'destroyed', count: 1, reason: 'revoked' }])
  })

  it('tell of cookies that open nothing', async () => {
    const { client, take, clock, manager } = await listen()
    const visitor = client()
    visitor.cookie = 'nonsense'
    await visitor.json('/')
    expect(take()).to.deep.equal([{ name: 'rejected', reason: 'malformed' }])
    visitor.cookie = 'A'.repeat(43)
    await visitor.json('/')
    expect(take()).to.deep.equal([{ name: 'rejected', reason: 'unknown' }])
    await visitor.json('/login')
    clock.pass(14 * 86_400)
    take()
    await visitor.json('/')
    expect(take()).to.deep.equal([{ name: 'expired', count: 1 }])
    await manager.deleteExpired()
    expect(take()).to.deep.equal([{ name: 'expired', count: 1 }])
  })

  it('tell of a login, also where a new visitor logs in or a script does, and of no other new id', async () => {
    const { client, take, events, manager, backend } = await listen({ hashIds: 'migrate', now: Date.now })
    const visitor = client()
    await visitor.json('/login')
    const [created, authenticated] = events
    expect(authenticated?.event.session).to.equal(created?.event.session)
    expect(take()).to.deep.equal([{ name: 'created' }, { name: 'authenticated' }])
    await manager.create({ userId: 1 }, { authenticated: true })
    expect(take()).to.deep.equal([{ name: 'created' }, { name: 'authenticated' }])
    await manager.create({ userId: 1 })
    expect(take()).to.deep.equal([{ name: 'created' }])
    const before = new SessionManager({ backend, hashIds: false, cleanup: false })
    visitor.cookie = (await before.create({ userId: 7 })).id
    await visitor.json('/')
    expect(take().map(({ name }) => name)).to.deep.equal(['loaded', 'rotated'])
  })

  it('tell of no login that was not stored', async () => {
    const { client, take, backend } = await listen()
    backend.before = (call) => {
      if (call === 'insert') throw new Error('down')
    }
    expect(await client().status('/login')).to.equal(503)
    expect(take().map(({ name }) => name)).to.deep.equal(['error'])
  })

  it('tell a replaced id from an unknown one', async () => {
    const { client, take } = await listen()
    const visitor = client()
    await visitor.json('/login')
    const copy = visitor.copy()
    await visitor.json('/demote')
    take()
    await copy.json('/')
    expect(take()).to.deep.equal([{ name: 'rejected', reason: 'replaced' }])
  })

  it('name a session that was ended by its id, under the name that it has now', async () => {
    const { client, events, manager } = await listen()
    const visitor = client()
    await visitor.json('/write')
    const old = visitor.copy()
    await visitor.json('/login')
    const name = events.at(-1)?.event.session
    await old.json('/logout')
    expect(events.at(-1)).to.deep.include({ name: 'destroyed' }).and.to.have.nested.property('event.session', name)
    await visitor.json('/login')
    const [row] = await manager.list({ userId: 1 })
    await manager.revoke({ id: row?.id ?? '' })
    const named = events.at(-2)?.event.session
    expect(events.at(-1)).to.deep.include({ name: 'destroyed' }).and.to.have.nested.property('event.session', named)
    expect(named).to.match(/^[\w-]{16}$/)
  })

  it('tell when the database fails', async () => {
    const { client, take, backend, events } = await listen()
    const visitor = client()
    await visitor.json('/write')
    take()
    backend.before = () => {
      throw Object.assign(new Error('down'), { sql: "… 'word'", parameters: ['word'], parent: { sql: "'word'" } })
    }
    expect(await visitor.status('/')).to.equal(503)
    expect(events.map(({ name }) => name)).to.deep.equal(['error'])
    const error: unknown = Reflect.get(events[0]?.event ?? {}, 'error')
    expect(error).to.include({ code: 'BACKEND_FAILED' })
    expect(inspect(error, { depth: 9 }))
      .to.contain('down')
      .and.not.to.contain('word')
  })

  it('hold no id, no row id and no data, and name a session the same in all processes with one auditKey', async () => {
    const auditKey = 'a key of at least sixteen characters'
    const { client, events, manager, backend, clock } = await listen({ auditKey })
    const visitor = client()
    await visitor.json('/write')
    const first = visitor.id
    await visitor.json('/login')
    await visitor.json('/')
    const text = JSON.stringify(events)
    for (const secret of [first, visitor.id, manager.rowId(first), manager.rowId(visitor.id), 'word']) {
      expect(text).not.to.contain(secret)
    }
    const other = new SessionManager({ backend: backend.inner, auditKey, cleanup: false, now: clock.now })
    expect(other.nameOf(viewOf(await openSession(other, visitor.id)))).to.equal(events.at(-1)?.event.session)
    expect(events.at(-1)?.event.session).to.match(/^[\w-]{16}$/)
    expect(events.at(-1)?.event.at).to.deep.equal(new Date(clock.now()))
    expect(await backend.rows()).to.have.length(1)
  })
})

describe('a listener that fails', () => {
  const failures: Readonly<Record<string, () => unknown>> = {
    'throws an error': () => {
      throw new Error('from a listener')
    },
    'throws something else': () => {
      throw Object.assign(Object.create(null), { why: 'from a listener' })
    },
    rejects: () => Promise.reject(new Error('from a listener')),
    'rejects with something else': async () => {
      throw Object.assign(Object.create(null), { why: 'from a listener' })
    },
  }
  for (const [how, fail] of Object.entries(failures)) {
    it(`silences no other one, harms no request and becomes a warning: ${how}`, async () => {
      const { client, manager, errors } = await start(handlers)
      const warned = once(process, 'warning')
      const heard: string[] = []
      manager.on('created', () => heard.push('first'))
      manager.on('created', fail)
      manager.on('created', () => heard.push('last'))
      expect(await client().status('/write')).to.equal(200)
      expect(heard).to.deep.equal(['first', 'last'])
      const [warning] = await warned
      expect(String(warning)).to.contain('from a listener')
      expect(errors).to.deep.equal([])
    })
  }

  it('is not called any more after off(), also where another one says so', async () => {
    const { client, manager } = await start(handlers)
    const heard: string[] = []
    const last = () => heard.push('last')
    manager.on('created', () => manager.off('created', last))
    manager.on('created', last)
    await client().json('/write')
    await client().json('/write')
    expect(heard).to.deep.equal(['last'])
  })
})
