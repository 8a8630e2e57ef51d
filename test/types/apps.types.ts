import Router15 from '@koa/router'
import Koa, { type DefaultState, type Middleware } from 'koa'
import Router from 'koa-router'
import {
  MemorySessionBackend,
  type RegisteredModel,
  type SessionContext,
  SessionManager,
  session,
} from 'koa-session-model'
import { type Equal, expectType } from './expect.js'

type Sessions = RegisteredModel<{ userId: number | null }>
declare const Sessions: Sessions

// An app with sessions is a Koa, whatever else Koa's generics have become.
export const app: Koa = new Koa().use(session({ model: Sessions }))
export const withHandler: Koa = new Koa().use(session({ model: Sessions })).use((ctx) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
  expectType<Equal<typeof ctx.session.foo, unknown>>(true)
  expectType<Equal<typeof ctx.secure, boolean>>(true)
  ctx.session = null
  // @ts-expect-error: a wrong type
  ctx.session.userId = '1'
  // @ts-expect-error: not an object
  ctx.session = 5
})
export const ofManager: Koa = new Koa().use(session(new SessionManager({ model: Sessions })))
export const ofBackend: Koa = new Koa().use(session({ backend: new MemorySessionBackend({ theme: 'light' }) }))
declare const plain: Middleware
export const withOthers: Koa = new Koa()
  .use(plain)
  .use(session({ model: Sessions }))
  .use(plain)
  .use(async (_, next) => next())
  .use((ctx) => {
    expectType<Equal<typeof ctx.session.userId, number | null>>(true)
  })
export const two: Koa = new Koa().use(session({ model: Sessions }))
two.use(session({ model: Sessions, key: 'admin', property: 'admin' }))

export function createApp(): Koa {
  const app = new Koa().use(async (_, next) => next()).use(session({ model: Sessions }))
  app.use((ctx) => {
    expectType<Equal<typeof ctx.session.userId, number | null>>(true)
  })
  app.use(new Router15().routes())
  return app
}

// The router of @koa/router 15, which has types of its own, and koa-router 14 with those of DefinitelyTyped.
const router15 = new Router15<DefaultState, SessionContext<Sessions>>()
router15.use(session({ model: Sessions }))
router15.get('/users/:id', async (ctx, next) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
  expectType<Equal<typeof ctx.params.id, string | undefined>>(true)
  // @ts-expect-error: a wrong type
  ctx.session.userId = ctx.params.id
  ctx.session = null
  await next()
})
const router14 = new Router<DefaultState, SessionContext<Sessions>>()
router14.get('/users/:id', (ctx) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
})
const byHand: Middleware<DefaultState, SessionContext<Sessions>> = (ctx) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
}
new Koa()
  .use(session({ model: Sessions }))
  .use(router15.routes())
  .use(router15.allowedMethods())
  .use(router14.routes())
  .use(byHand)
  .use((ctx) => {
    expectType<Equal<typeof ctx.session.userId, number | null>>(true)
  })
router15.get('/by-hand', byHand)

// The routes of a router can be added to the app as a Koa, by statements.
app.use(router15.routes()).use(router15.allowedMethods())
app.use(router14.routes())
app.use(byHand)

// An app whose context is named needs no chain.
const named = new Koa<DefaultState, SessionContext<Sessions>>()
named.use(session({ model: Sessions }))
named.use((ctx) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
})

// @ts-expect-error: the model itself
session(Sessions)
// @ts-expect-error: an app, as koa-session takes it
session({ model: Sessions }, app)
// @ts-expect-error: both
session({ model: Sessions, backend: new MemorySessionBackend() })
// @ts-expect-error: neither
session({})
// @ts-expect-error: an option of the cookie
session({ model: Sessions, secure: true })
