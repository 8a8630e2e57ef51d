import { inspect } from 'node:util'
import { expect } from 'chai'
import type { SessionRow } from 'koa-session-model'
import { expectError } from '../support/errors.js'
import { type Columns, type Context, type Handlers, memory, start } from './support/site.js'
import { WatchedBackend } from './support/watched-backend.js'

const handlers: Handlers = {
  '/login': (ctx) => {
    Object.assign(ctx.session, { userId: 1, views: 1 })
  },
  '/write': (ctx) => {
    ctx.session.views = 2
  },
  '/column': (ctx) => {
    ctx.session.label = 'x'
  },
  '/replace': (ctx) => {
    ctx.session = { views: 2 }
  },
  '/': (ctx) => {
    ctx.body = ctx.session
  },
}

describe('a row whose data is corrupt', () => {
  it('is no reason for a log of the session to fail', async () => {
    const log: Handlers[string] = (ctx) => {
      ctx.body = { logged: inspect(ctx.session) }
    }
    const { backend, client } = await start({ ...handlers, '/log': log })
    const visitor = client()
    await visitor.json('/login')
    const { id, version } = await backend.row()
    await backend.inner.update([{ id, version, now: new Date(0), values: { data: '{' } }])
    expect(await visitor.json('/log')).to.deep.equal({ logged: '[DATA_CORRUPT]' })
  })

  for (const data of ['', '{', 'null', '[]', '5', '"text"', 'binary\u0000']) {
    it(`answers with 500, and stays as it is: ${JSON.stringify(data)}`, async () => {
      const { backend, client, errors } = await start(handlers)
      const visitor = client()
      await visitor.json('/login')
      const { id, version } = await backend.row()
      await backend.inner.update([{ id, version, now: new Date(0), values: { data } }])
      const corrupt = await backend.row()
      for (const path of ['/', '/write', '/column', '/replace']) {
        expect(await visitor.status(path), path).to.equal(500)
        await expectError('DATA_CORRUPT', () => Promise.reject(errors.pop()))
      }
      expect(await backend.row()).to.deep.equal(corrupt)
      expect(visitor.id).to.have.length(43)
    })
  }
})

describe('a row with one value that is no JSON', () => {
  it('fails requests that need the value, and keeps its text in writes of the others', async () => {
    const views: Handlers[string] = (ctx) => {
      ctx.body = { views: ctx.session.views }
    }
    const { backend, client, errors } = await start({ ...handlers, '/views': views })
    const visitor = client()
    await visitor.json('/login')
    const { id, version } = await backend.row()
    const values = { data: '{"views":1,"broken":[1,],"last":nonsense}' }
    await backend.inner.update([{ id, version, now: new Date(0), values }])
    for (const path of ['/', '/column', '/replace']) {
      expect(await visitor.status(path), path).to.equal(500)
      await expectError('DATA_CORRUPT', () => Promise.reject(errors.pop()))
    }
    expect(await visitor.json('/views')).to.deep.equal({ views: 1 })
    expect(await visitor.status('/write')).to.equal(200)
    expect(await visitor.json('/views')).to.deep.equal({ views: 2 })
    expect((await backend.row()).data).to.equal('{"views":2,"broken":[1,],"last":nonsense}')
  })
})

describe('a row that does not tell whether its session is alive', () => {
  const unreadable: Record<string, Partial<SessionRow>> = {
    'its expiry': { expires: new Date(Number.NaN) },
    'its date of creation': { createdAt: new Date(Number.NaN) },
    'its date of creation, which is infinitely late': { createdAt: new Date(8.64e15) },
    'its version': { version: Number.NaN },
    'its version, which is too large to be counted': { version: 2 ** 53 },
  }
  for (const [what, values] of Object.entries(unreadable)) {
    it(`answers with 500, adds no row and leaves the cookie: ${what}`, async () => {
      const { backend, client, errors, manager } = await start(handlers)
      const visitor = client()
      await visitor.json('/login')
      const events: unknown[] = []
      manager.on('error', ({ error }) => void events.push(error))
      const row = { ...(await backend.row()), ...values }
      await backend.inner.deleteAll()
      await backend.inner.insert([row])
      for (const path of ['/', '/write', '/column', '/replace', '/login']) {
        expect(await visitor.status(path), path).to.equal(500)
        await expectError('DATA_CORRUPT', () => Promise.reject(errors.pop()))
        await expectError('DATA_CORRUPT', () => Promise.reject(events.pop()))
      }
      expect(await backend.inner.find([row.id])).to.deep.equal([row])
      expect(await backend.inner.deleteAll()).to.equal(1)
      expect(visitor.id).to.have.length(43)
    })
  }

  it('is expired if that is sure, whatever else cannot be read', async () => {
    const { backend, client, errors } = await start(handlers)
    const visitor = client()
    await visitor.json('/login')
    const row = { ...(await backend.row()), createdAt: new Date(Number.NaN), expires: new Date(0) }
    await backend.inner.deleteAll()
    await backend.inner.insert([row])
    expect(await visitor.json('/')).to.include({ userId: null })
    expect(errors).to.deep.equal([])
  })

  it('without a date of creation it lives, unless there is an absolute timeout', async () => {
    for (const options of [{}, { absoluteTimeout: '30d' }]) {
      const { backend, client } = await start(handlers, options)
      const visitor = client()
      await visitor.json('/login')
      const row = { ...(await backend.row()), createdAt: null }
      await backend.inner.deleteAll()
      await backend.inner.insert([row])
      expect(await visitor.status('/')).to.equal('absoluteTimeout' in options ? 500 : 200)
    }
  })
})

describe('data that cannot be stored', () => {
  const cycle: { self?: unknown } = {}
  cycle.self = cycle
  const values: Readonly<Record<string, unknown>> = {
    'a function': () => {},
    'a function inside': { run: () => {} },
    'a symbol': Symbol('x'),
    'a cycle': cycle,
    'a BigInt': 1n,
    'a Map': new Map(),
    'a Set': [new Set()],
    NaN: Number.NaN,
    Infinity: { inside: Number.POSITIVE_INFINITY },
    'an invalid date': new Date(Number.NaN),
    'binary data': Buffer.from('x'),
  }
  for (const [kind, value] of Object.entries(values)) {
    it(`is an error, and nothing is stored: ${kind}`, async () => {
      const set = (ctx: Context): void => {
        Object.assign(ctx.session, { userId: 2, views: 2, bad: value })
      }
      const { backend, client, errors } = await start({ ...handlers, '/bad': set })
      for (const visitor of [client(), client()]) {
        expect(await visitor.status('/bad')).to.equal(500)
        await expectError('DATA_NOT_SERIALIZABLE', () => Promise.reject(errors.pop()))
        expect(visitor.cookie).to.equal(undefined)
      }
      expect(await backend.rows()).to.deep.equal([])
      const visitor = client()
      await visitor.json('/login')
      expect(await visitor.status('/bad')).to.equal(500)
      expect(await visitor.json('/')).to.deep.equal({ userId: 1, views: 1, label: null, seenAt: null })
    })
  }
})

describe('data that is larger than its column', () => {
  const small = () => new WatchedBackend<Columns>(memory(), { dataBytes: 100 })

  it('is an error that tells both sizes, and nothing is stored', async () => {
    const set = (ctx: Context): void => {
      ctx.session.text = 'é'.repeat(60)
    }
    const { backend, client, errors } = await start({ ...handlers, '/large': set }, {}, small())
    expect(await client().status('/large')).to.equal(500)
    const error = await expectError('DATA_TOO_LARGE', () => Promise.reject(errors[0]))
    expect(error.message).to.contain('131').and.to.contain('100')
    expect(await backend.rows()).to.deep.equal([])
  })

  it('is measured in bytes, to the last one', async () => {
    const set = (ctx: Context): void => {
      ctx.session.text = 'x'.repeat(100 - '{"text":""}'.length)
    }
    const { backend, client } = await start({ ...handlers, '/fits': set }, {}, small())
    await client().json('/fits')
    expect((await backend.row()).data).to.have.length(100)
  })
})
