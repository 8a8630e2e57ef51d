import { expect } from 'chai'
import { type Handlers, type Options, start } from './support/site.js'

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
