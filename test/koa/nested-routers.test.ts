import { expect } from 'chai'
import Koa from 'koa'
import Router from 'koa-router'
import { type RegisteredModel, type SessionContext, session } from 'koa-session-model'
import { Client } from './support/client.js'
import { serve } from './support/serve.js'
import { type Columns, memory } from './support/site.js'

type Context = SessionContext<RegisteredModel<Columns>>

const newRouter = () => new Router<Koa.DefaultState, Context>()

/** /orders/:order/items/:item, three routers deep, with a guard in the middle. */
function shopRouter() {
  const items = newRouter()
  items.get('/:item', (ctx) => {
    const { order = '', item = '' } = ctx.params
    ctx.session.cart ??= {}
    const cart = ctx.session.cart as Record<string, string[]>
    cart[order] = [...(cart[order] ?? []), item]
    ctx.body = { cart, userId: ctx.session.userId }
  })
  const orders = newRouter()
  orders.use('/orders', async (ctx, next) => {
    if (ctx.session.userId === null) ctx.throw(401)
    await next()
  })
  orders.use('/orders/:order/items', items.routes(), items.allowedMethods())
  const shop = newRouter()
  shop.get('/login', async (ctx) => {
    await ctx.session.regenerate()
    ctx.session.userId = 1
    ctx.redirect('/shop/orders/1/items/tea')
  })
  shop.use('/shop', orders.routes(), orders.allowedMethods())
  return shop
}

describe('nested routers', () => {
  it('share the session of the request, with the guards between them', async () => {
    const backend = memory()
    const app = new Koa().use(session({ backend, cleanup: false })).use(shopRouter().routes())
    const visitor = new Client(await serve(app), 'sid')
    expect(await visitor.status('/shop/orders/1/items/tea')).to.equal(401)
    expect(await visitor.status('/login')).to.equal(302)
    await visitor.json('/shop/orders/1/items/tea')
    await visitor.json('/shop/orders/1/items/cup')
    backend.takeCalls()
    const cart = { 1: ['tea', 'cup'], 2: ['pot'] }
    expect(await visitor.json('/shop/orders/2/items/pot')).to.deep.equal({ cart, userId: 1 })
    expect(backend.takeCalls()).to.deep.equal(['find', 'update'])
  })

  it('may have the middleware on one branch only, also as one of several on a route', async () => {
    const backend = memory()
    const branch = newRouter()
    branch.get('/count', session({ backend, cleanup: false }), (ctx) => {
      ctx.session.views = Number(ctx.session.views ?? 0) + 1
      ctx.body = { views: ctx.session.views }
    })
    branch.get('/plain', (ctx) => {
      ctx.body = { has: ctx.session !== undefined }
    })
    const router = newRouter().use('/branch', branch.routes())
    const visitor = new Client(await serve(new Koa().use(router.routes())), 'sid')
    await visitor.json('/branch/count')
    expect(await visitor.json('/branch/count')).to.deep.equal({ views: 2 })
    backend.takeCalls()
    expect(await visitor.json('/branch/plain')).to.deep.equal({ has: false })
    expect(backend.takeCalls()).to.deep.equal([])
  })

  it('that answer 404 or 405 keep what was set before', async () => {
    const backend = memory()
    const router = shopRouter()
    const app = new Koa()
      .use(session({ backend, cleanup: false }))
      .use(async (ctx, next) => {
        ctx.session.views = Number(ctx.session.views ?? 0) + 1
        await next()
      })
      .use(router.routes())
      .use(router.allowedMethods())
    const visitor = new Client(await serve(app), 'sid')
    expect(await visitor.status('/nowhere')).to.equal(404)
    expect((await visitor.request('/login', { method: 'POST' })).status).to.equal(405)
    expect(JSON.parse((await backend.row()).data ?? '')).to.deep.equal({ views: 2 })
  })
})
