import { expect } from 'chai'
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
