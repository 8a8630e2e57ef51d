import 'koa-session-model/augment'
import Router15 from '@koa/router'
import Koa, { type Context, type DefaultContext, type DefaultState, type Middleware } from 'koa'
import Router from 'koa-router'
import { MemorySessionBackend, type RegisteredModel, session } from 'koa-session-model'
import { type Equal, expectType } from '../types/expect.js'

declare const Sessions: RegisteredModel<{ userId: number | null; label: string | null }>

declare module 'koa-session-model' {
  interface SessionTypes {
    model: typeof Sessions
  }
}

// Handlers of an app that was made by itself.
const app: Koa = new Koa()
app.use(session({ model: Sessions }))
app.use(async (ctx, next) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
  expectType<Equal<typeof ctx.session.other, unknown>>(true)
  ctx.session.userId = 1
  ctx.session = null
  ctx.session = { userId: 1 }
  await ctx.session.regenerate()
  // @ts-expect-error: a wrong type
  ctx.session.userId = 'one'
  // @ts-expect-error: not an object
  ctx.session = 5
  await next()
})

// What has Koa's own types.
export const middleware: Middleware = (ctx) => {
  expectType<Equal<typeof ctx.session.label, string | null>>(true)
}
export function labelOf(ctx: Context): string | null {
  return ctx.session.label
}

// Routers of Koa's own types: the one of @types/koa-router has none unless they are named.
new Router<DefaultState, DefaultContext>().get('/', (ctx) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
})
new Router15().get('/', (ctx) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
})

// A chain is typed as without the augmentation, and is a Koa.
export const chained: Koa = new Koa().use(session({ model: Sessions })).use((ctx) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
})
new Koa().use(session({ backend: new MemorySessionBackend({ theme: 'light' }) })).use((ctx) => {
  expectType<Equal<typeof ctx.session.theme, string>>(true)
})
