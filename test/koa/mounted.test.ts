import { expect } from 'chai'
import Koa from 'koa'
import mount from 'koa-mount'
import { type RegisteredModel, type SessionContext, SessionManager, session } from 'koa-session-model'
import { Client } from './support/client.js'
import { serve } from './support/serve.js'
import { type Columns, memory } from './support/site.js'

type Context = SessionContext<RegisteredModel<Columns>>

function setUp(options = {}) {
  const backend = memory()
  const manager = new SessionManager<Columns>({ backend, cleanup: false, ...options })
  return { backend, manager, errors: [] as unknown[] }
}

/** Counts its own visits, and answers with what the session holds. */
const counter = (name: string) => (ctx: Koa.ParameterizedContext<Koa.DefaultState, Context>) => {
  if (ctx.path === '/fail') {
    ctx.session.userId = 1
    ctx.throw(401)
  }
  if (ctx.path !== '/look') ctx.session[name] = Number(ctx.session[name] ?? 0) + 1
  const { [name]: count = 0, userId } = ctx.session
  ctx.body = { [name]: count, userId }
}

describe('an app that is mounted on another', () => {
  it('has the session of the outer app, and its changes are stored by it', async () => {
    const { manager, backend } = setUp()
    const shop = new Koa<Koa.DefaultState, Context>().use(counter('shop'))
    const app = new Koa().use(session(manager)).use(mount('/shop', shop)).use(counter('home'))
    const visitor = new Client(await serve(app), 'sid')
    expect(await visitor.json('/shop')).to.deep.equal({ shop: 1, userId: null })
    expect(await visitor.json('/shop/cart')).to.deep.equal({ shop: 2, userId: null })
    expect(await visitor.json('/shopping')).to.deep.equal({ home: 1, userId: null })
    expect(JSON.parse((await backend.row()).data ?? '')).to.deep.equal({ shop: 2, home: 1 })
  })

  it('may share the manager of the outer app: the session is read and stored once', async () => {
    const { manager, backend } = setUp()
    const shop = new Koa().use(session(manager)).use(counter('shop'))
    const both = new Koa().use(session(manager)).use(mount('/shop', shop)).use(counter('home'))
    const alone = new Client(await serve(shop), 'sid')
    const visitor = new Client(await serve(both), 'sid')
    await visitor.json('/shop')
    await visitor.json('/')
    expect(backend.takeCalls()).to.deep.equal(['insert', 'find', 'update'])
    alone.cookie = visitor.cookie
    expect(await alone.json('/')).to.deep.equal({ shop: 2, userId: null })
    expect(await visitor.json('/shop/look')).to.deep.equal({ shop: 2, userId: null })
    expect(await manager.revoke({ userId: null })).to.equal(1)
    expect(await alone.json('/look')).to.deep.equal({ shop: 0, userId: null })
  })

  it('may have sessions where the outer app has none, which then costs no query', async () => {
    const { manager, backend } = setUp()
    const shop = new Koa().use(session(manager)).use(counter('shop'))
    const app = new Koa().use(mount('/shop', shop)).use((ctx) => {
      ctx.body = { has: ctx.session !== undefined }
    })
    const visitor = new Client(await serve(app), 'sid')
    await visitor.json('/shop')
    backend.takeCalls()
    expect(await visitor.json('/')).to.deep.equal({ has: false })
    expect(backend.takeCalls()).to.deep.equal([])
    expect(await visitor.json('/shop')).to.deep.equal({ shop: 2, userId: null })
  })

  it('keeps the cookie through an error that the outer app answers', async () => {
    const { manager } = setUp()
    const shop = new Koa().use(session(manager)).use(counter('shop'))
    const visitor = new Client(await serve(new Koa().use(mount('/shop', shop))), 'sid')
    expect(await visitor.status('/shop/fail')).to.equal(401)
    expect(await visitor.json('/shop/look')).to.deep.equal({ shop: 0, userId: 1 })
  })

  it('stores its session before the outer app hears of the end', async () => {
    const { manager, backend } = setUp()
    const shop = new Koa().use(session(manager)).use(counter('shop'))
    const stored: number[] = []
    const app = new Koa()
      .use(async (_, next) => {
        await next()
        stored.push((await backend.rows()).length)
      })
      .use(mount('/shop', shop))
    await new Client(await serve(app), 'sid').json('/shop')
    expect(stored).to.deep.equal([1])
  })

  it('names the paths that have no session as it sees them itself', async () => {
    const { manager } = setUp({ exclude: '/assets' })
    const shop = new Koa().use(session(manager)).use((ctx) => {
      ctx.body = { has: ctx.session !== undefined }
    })
    const url = await serve(new Koa().use(mount('/shop', shop)))
    const visitor = new Client(url, 'sid')
    expect(await visitor.json('/shop/assets/logo.png')).to.deep.equal({ has: false })
    expect(await visitor.json('/shop/cart')).to.deep.equal({ has: true })
  })

  it('has sessions of its own beside another, with a cookie for its path', async () => {
    const app = new Koa()
    for (const name of ['shop', 'blog']) {
      const { manager } = setUp({ key: name, cookie: { path: `/${name}` } })
      app.use(mount(`/${name}`, new Koa().use(session(manager)).use(counter(name))))
    }
    const url = await serve(app)
    const [shopper, reader] = [new Client(url, 'shop'), new Client(url, 'blog')]
    const response = await shopper.request('/shop')
    expect(response.headers.getSetCookie().join()).to.match(/^shop=.*; path=\/shop;/)
    await reader.json('/blog')
    expect(await shopper.json('/shop')).to.deep.equal({ shop: 2, userId: null })
    expect(await reader.json('/blog/look')).to.deep.equal({ blog: 1, userId: null })
  })
})
