import Koa from 'koa'
import Router from 'koa-router'
import { type SessionContext, session } from 'koa-session-model'
import { type Equal, expectType } from './expect.js'
import { type Models, models } from './models.js'

type Sessions = Models['model']

const { model, entity } = models()
const app = new Koa().use(session({ model }))

// A router whose context has the session.
const router = new Router<Koa.DefaultState, SessionContext<Sessions>>()
router.get('/me/:id', async (ctx, next) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
  expectType<Equal<typeof ctx.session.foo, unknown>>(true)
  expectType<Equal<typeof ctx.params.id, string | undefined>>(true)
  // @ts-expect-error: a wrong type
  ctx.session.userId = ctx.params.id
  ctx.session = null
  await next()
})
router.use(session({ model }))
app.use(router.routes()).use(router.allowedMethods())

// A middleware that was typed by hand.
const byHand: Koa.Middleware<Koa.DefaultState, SessionContext<Sessions>> = async (ctx, next) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
  ctx.session.userId = 1
  // @ts-expect-error: not an object
  ctx.session = 5
  await next()
}
app.use(byHand)
router.get('/by-hand', byHand)

// Any session will do for a middleware that needs no columns.
const anySession: Koa.Middleware<Koa.DefaultState, SessionContext> = async (ctx, next) => {
  expectType<Equal<typeof ctx.session.userId, unknown>>(true)
  ctx.session.flash = 'saved'
  await next()
}
app.use(anySession)

// The middleware as a value with Koa's own type.
const mw: Koa.Middleware<Koa.DefaultState, SessionContext<Sessions>> = session({ model })
new Koa().use(mw).use((ctx) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
})

// Two middlewares: the second has a property of its own, and a type for it.
type Admin = { admin: SessionContext<Models['entity']>['session'] }
const admin = session({ model: entity, property: 'admin', key: 'admin' }) as unknown as Koa.Middleware<
  Koa.DefaultState,
  Admin
>
app.use(admin).use((ctx) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
  expectType<Equal<typeof ctx.admin.label, string | null>>(true)
})
