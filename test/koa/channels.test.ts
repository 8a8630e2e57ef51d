import { AsyncLocalStorage } from 'node:async_hooks'
import { channel, tracingChannel } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { expect } from 'chai'
import { eventMessages, eventNames, type Traced, traces } from '../support/channels.js'
import { type Handlers, start } from './support/site.js'

const handlers: Handlers = {
  '/login': async (ctx) => {
    await ctx.session.regenerate()
    Object.assign(ctx.session, { userId: 1, secret: 'word' })
  },
  '/write': (ctx) => {
    ctx.session.views = 1
  },
  '/count': (ctx) =>
    ctx.session.update((session) => {
      session.views = Number(session.views ?? 0) + 1
    }),
  '/logout': (ctx) => ctx.session.destroy(),
  '/': (ctx) => {
    ctx.body = ctx.session
  },
}

/** The last message of an operation: what its subscribers know at the end. */
const ends = <Message extends Traced<'load' | 'commit' | 'cleanup'>>(heard: Message[]): Message['facts'][] =>
  heard.splice(0).flatMap(({ phase, facts }) => (phase === 'asyncEnd' ? [facts] : []))

const fail = (): never => {
  throw Object.assign(new Error('down'), { parameters: ['word'] })
}

describe('the channels of events', () => {
  it('carry what a listener hears, and the key of the manager', async () => {
    const messages = eventMessages()
    const { client, manager, clock } = await start(handlers, { key: 'shop' })
    const heard: unknown[] = []
    for (const name of eventNames) manager.on(name, (event) => heard.push({ name, message: { ...event, key: 'shop' } }))
    const visitor = client()
    await visitor.json('/write')
    clock.pass(5 * 86_400)
    await visitor.json('/login')
    await visitor.copy().json('/logout')
    await visitor.json('/')
    const names = ['created', 'loaded', 'rotated', 'authenticated', 'loaded', 'destroyed', 'rejected']
    expect(messages.map(({ name }) => name)).to.deep.equal(names)
    expect(messages).to.deep.equal(heard)
  })

  it('tell the managers of a process apart, and need no listener', async () => {
    const messages = eventMessages()
    for (const key of ['shop', 'admin']) await (await start(handlers, { key })).client().json('/write')
    expect(messages.map(({ name, message }) => [name, message.key])).to.deep.equal([
      ['created', 'shop'],
      ['created', 'admin'],
    ])
  })

  it('get nothing any more once their subscriber has left', async () => {
    const { client } = await start(handlers)
    const created = channel('koa-session-model:created')
    let count = 0
    const listener = (): void => void count++
    created.subscribe(listener)
    await client().json('/write')
    created.unsubscribe(listener)
    await client().json('/write')
    expect(count).to.equal(1)
  })

  it('hold no id, no row id and no data', async () => {
    const messages = eventMessages()
    const { client, manager, backend } = await start(handlers)
    const visitor = client()
    await visitor.json('/write')
    const first = visitor.id
    await visitor.json('/login')
    backend.before = fail
    await visitor.status('/')
    expect(messages.at(-1)?.name).to.equal('error')
    const text = inspect(messages, { depth: 9, showHidden: true })
    for (const secret of [first, visitor.id, manager.rowId(first), manager.rowId(visitor.id), 'word']) {
      expect(text).not.to.contain(secret)
    }
  })
})

describe('the tracing channel load', () => {
  it('tells begin and end of reading a session, with one message', async () => {
    const heard = traces('load')
    const { client, manager } = await start(handlers, { key: 'shop' })
    const visitor = client()
    await visitor.json('/write')
    await client().json('/')
    expect(heard).to.deep.equal([]) // without a cookie nothing is read
    const names: (string | null)[] = []
    manager.on('loaded', ({ session }) => names.push(session))
    await visitor.json('/')
    expect(heard.map(({ phase }) => phase)).to.deep.equal(['start', 'end', 'asyncStart', 'asyncEnd'])
    expect(new Set(heard.map(({ message }) => message)).size).to.equal(1)
    const [session] = names
    expect(heard[0]?.facts).to.deep.equal({ key: 'shop', session })
    expect(heard.at(-1)?.facts).to.deep.equal({ key: 'shop', session, found: true, result: undefined })
  })

  it('tells whether the id opened a session', async () => {
    const heard = traces('load')
    const { client } = await start(handlers)
    const visitor = client()
    visitor.cookie = 'A'.repeat(43)
    await visitor.json('/')
    expect(ends(heard)).to.have.length(1).and.to.have.nested.property('0.found', false)
    visitor.cookie = 'nonsense'
    await visitor.json('/')
    expect(heard).to.deep.equal([])
  })

  it('tells of a failure, which the request meets as ever', async () => {
    const { client, backend } = await start(handlers)
    const visitor = client()
    await visitor.json('/write')
    const heard = traces('load')
    backend.before = fail
    expect(await visitor.status('/')).to.equal(503)
    expect(heard.map(({ phase }) => phase)).to.deep.equal(['start', 'end', 'error', 'asyncStart', 'asyncEnd'])
    const { error, found } = heard.at(-1)?.facts ?? {}
    expect(error).to.include({ code: 'BACKEND_FAILED' })
    expect(found).to.equal(undefined)
    expect(inspect(error, { depth: 9 })).not.to.contain('word')
  })
})

describe('the tracing channel commit', () => {
  it('tells of each write and of the end of a session, and of nothing else', async () => {
    const heard = traces('commit')
    const { client, manager } = await start(handlers, { key: 'shop' })
    const previous: string[] = []
    manager.on('rotated', (event) => previous.push(event.previous))
    const visitor = client()
    await visitor.json('/write')
    expect(ends(heard)).to.have.length(1).and.to.have.nested.property('0.outcome', 'written')
    await visitor.json('/')
    await client().json('/')
    expect(heard).to.deep.equal([])
    await visitor.json('/count')
    expect(ends(heard)).to.have.length(1).and.to.have.nested.property('0.outcome', 'written')
    await visitor.json('/login')
    expect(ends(heard)).to.deep.equal([{ key: 'shop', session: previous[0], outcome: 'written', result: undefined }])
    const copy = visitor.copy()
    await visitor.json('/logout')
    expect(ends(heard)).to.have.length(1).and.to.have.nested.property('0.outcome', 'destroyed')
    await copy.json('/logout')
    expect(heard).to.deep.equal([])
  })

  it('tells of a write to a session that another request has ended', async () => {
    const site = await start({
      ...handlers,
      '/late': async (ctx) => {
        await site.manager.revoke({ userId: null })
        ctx.session.views = 2
      },
    })
    const visitor = site.client()
    await visitor.json('/write')
    const heard = traces('commit')
    await visitor.json('/late')
    expect(ends(heard)).to.have.length(1).and.to.have.nested.property('0.outcome', 'gone')
  })

  it('tells of a failure, which the request meets as ever', async () => {
    const { client, backend } = await start(handlers)
    const heard = traces('commit')
    backend.before = fail
    for (const path of ['/write', '/count']) {
      expect(await client().status(path)).to.equal(503)
      const [facts] = ends(heard)
      expect(facts?.error).to.include({ code: 'BACKEND_FAILED' })
      expect(facts?.outcome).to.equal(undefined)
    }
  })

  it('is the context of its statements; a load has none, since its statement may serve several requests', async () => {
    const { client, backend } = await start(handlers)
    const spans = new AsyncLocalStorage<string>()
    const begins = (['load', 'commit'] as const).map((name) => tracingChannel(`koa-session-model:${name}`).start)
    const seen: unknown[] = []
    backend.before = (call) => seen.push([call, spans.getStore()])
    for (const begin of begins) begin.bindStore(spans, () => 'the span')
    try {
      const visitor = client()
      await visitor.json('/write')
      await visitor.json('/')
    } finally {
      for (const begin of begins) begin.unbindStore(spans)
    }
    expect(seen).to.deep.equal([
      ['insert', 'the span'],
      ['find', undefined],
    ])
  })

  it('tells of what a script and a host end', async () => {
    const { manager } = await start(handlers)
    const heard = traces('commit')
    await manager.store.insert('a', {})
    await manager.delete('a')
    await manager.delete('a')
    await (await manager.store.insert('b', {})).destroy()
    const outcomes = ends(heard).map(({ outcome }) => outcome)
    expect(outcomes).to.deep.equal(['written', 'destroyed', 'gone', 'written', 'destroyed'])
  })
})

describe('the tracing channel cleanup', () => {
  it('tells how many rows were removed', async () => {
    const { client, manager, clock } = await start(handlers, { key: 'shop' })
    for (let n = 0; n < 3; n++) await client().json('/write')
    clock.pass(15 * 86_400)
    const heard = traces('cleanup')
    expect(await manager.deleteExpired()).to.equal(3)
    expect(heard[0]?.facts).to.deep.equal({ key: 'shop' })
    expect(ends(heard)).to.deep.equal([{ key: 'shop', removed: 3, result: undefined }])
  })

  it('tells of a failure, and what was removed before it', async () => {
    const { client, manager, clock, backend } = await start(handlers, { cleanup: { interval: '1d', batch: 1 } })
    for (let n = 0; n < 2; n++) await client().json('/write')
    clock.pass(15 * 86_400)
    const heard = traces('cleanup')
    let batches = 0
    backend.before = (call) => {
      if (call === 'findExpired' && ++batches > 1) fail()
    }
    const failure = await manager.deleteExpired().catch((error: unknown) => error)
    const [facts] = ends(heard)
    expect(facts).to.include({ removed: 1 })
    expect(facts?.error).to.equal(failure).and.to.include({ code: 'BACKEND_FAILED' })
    manager.close()
  })
})
