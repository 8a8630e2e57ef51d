import { expect } from 'chai'
import Koa from 'koa'
import { session } from 'koa-session-model'
import { serve } from './support/serve.js'
import { type Handlers, memory, type Options, start } from './support/site.js'

const handlers: Handlers = {
  '/login': (ctx) => {
    ctx.session.userId = 1
  },
  '/cached': async (ctx) => {
    ctx.session.userId = 1
    await ctx.session.save()
    ctx.set('Cache-Control', 'public, max-age=60')
    ctx.set('Vary', 'Accept-Encoding')
  },
  '/fail': async (ctx) => {
    ctx.session.userId = 1
    await ctx.session.save()
    ctx.throw(500)
  },
  '/logout': (ctx) => ctx.session.destroy(),
  '/logout-fail': async (ctx) => {
    await ctx.session.destroy()
    ctx.throw(418)
  },
  '/look': (ctx) => {
    ctx.set('Cache-Control', 'public')
    ctx.body = { userId: ctx.session.userId }
  },
}

async function headersOf(path: string, options: Options = {}, isLoggedIn = false) {
  const { client } = await start(handlers, options)
  const visitor = client()
  if (isLoggedIn) await visitor.json('/login')
  const { headers } = await visitor.request(path)
  return { cache: headers.get('cache-control'), vary: headers.get('vary'), clear: headers.get('clear-site-data') }
}

describe('a response that carries a session id', () => {
  it('is kept out of caches', async () => {
    expect(await headersOf('/login')).to.include({ cache: 'no-store', vary: 'Cookie' })
  })

  it('is kept out of caches beside what the app says about them, also after a save()', async () => {
    const { cache, vary } = await headersOf('/cached')
    expect(cache).to.equal('public, max-age=60, no-store')
    expect(vary).to.equal('Accept-Encoding, Cookie')
  })

  it('is kept out of caches when it is an error', async () => {
    expect(await headersOf('/fail')).to.include({ cache: 'no-store', vary: 'Cookie' })
  })
})

describe('an error that carries a session id', () => {
  const failing = (headers: Record<string, unknown>): Handlers => ({
    '/fail': async (ctx) => {
      ctx.session.userId = 1
      await ctx.session.save()
      throw Object.assign(new Error('with headers'), { status: 401, headers })
    },
  })
  const cases: readonly (readonly [headers: Record<string, unknown>, vary: string, cache: string])[] = [
    [{}, 'Cookie', 'no-store'],
    [{ vary: 'Origin', 'cache-control': 'private' }, 'Origin, Cookie', 'private, no-store'],
    [
      { Vary: 'Accept, Origin', 'Cache-Control': 'public, max-age=60' },
      'Accept, Origin, Cookie',
      'public, max-age=60, no-store',
    ],
    [{ VARY: ['Accept', 'Origin'] }, 'Accept, Origin, Cookie', 'no-store'],
    [{ Vary: 'Accept', vary: 'Origin' }, 'Origin, Cookie', 'no-store'],
    [{ vary: 'cookie, Origin', 'cache-control': 'No-Store, private' }, 'Origin, Cookie', 'private, no-store'],
    [{ vary: '*' }, '*', 'no-store'],
  ]
  for (const [headers, vary, cache] of cases) {
    it(`keeps what the app says about caching: ${JSON.stringify(headers)}`, async () => {
      const given = { ...headers }
      const { client } = await start(failing(headers))
      const response = await client().request('/fail')
      expect(response.status).to.equal(401)
      expect(response.headers.getSetCookie()).to.have.length(1)
      expect(response.headers.get('vary')).to.equal(vary)
      expect(response.headers.get('cache-control')).to.equal(cache)
      expect(headers).to.deep.equal(given)
    })
  }

  it('names the cookie once where two sessions go with it', async () => {
    const app = new Koa()
    app.on('error', () => {})
    app.use(session({ backend: memory(), cleanup: false }))
    app.use(session({ backend: memory(), cleanup: false, key: 'staff', property: 'staff' }))
    app.use((ctx) => {
      ctx.session.userId = 1
      Reflect.set(Reflect.get(ctx, 'staff'), 'userId', 2)
      throw Object.assign(new Error('with headers'), { status: 401, headers: { vary: 'Origin' } })
    })
    const { headers } = await fetch(await serve(app))
    expect(headers.getSetCookie()).to.have.length(2)
    expect(headers.get('vary')).to.equal('Origin, Cookie')
    expect(headers.get('cache-control')).to.equal('no-store')
  })
})

describe('a response that carries no session id', () => {
  it('is cached as the app says', async () => {
    expect(await headersOf('/look', {}, true)).to.deep.equal({ cache: 'public', vary: null, clear: null })
    expect(await headersOf('/look')).to.deep.equal({ cache: 'public', vary: null, clear: null })
  })
})

describe('clearSiteData', () => {
  it('is off by default', async () => {
    expect(await headersOf('/logout', {}, true)).to.include({ clear: null })
  })

  it('tells the browser at a logout to remove what it has, also when the response is an error', async () => {
    expect(await headersOf('/logout', { clearSiteData: true }, true)).to.include({ clear: '"cache", "storage"' })
    expect(await headersOf('/logout-fail', { clearSiteData: true }, true)).to.include({ clear: '"cache", "storage"' })
    expect(await headersOf('/logout', { clearSiteData: ['*'] }, true)).to.include({ clear: '"*"' })
  })

  it('is sent at a logout only', async () => {
    expect(await headersOf('/look', { clearSiteData: true }, true)).to.include({ clear: null })
    expect(await headersOf('/logout', { clearSiteData: true })).to.include({ clear: null })
  })
})
