import Koa from 'koa'
import { type ColumnsOf, type SessionContext, type SessionData, SessionManager, session } from 'koa-session-model'
import { type Equal, expectType } from './expect.js'
import { type Models, models } from './models.js'

declare module 'koa-session-model' {
  interface SessionData {
    /** Merged into the type for every test, hence the long name. */
    keyOfTheTypeTests: string[]
  }
}

interface Own {
  cart: { name: string; qty: number }[]
  views: number
}

const { entity } = models()

// By declaration merging.
expectType<Equal<SessionData['keyOfTheTypeTests'], string[]>>(true)
new Koa().use(session({ model: entity })).use((ctx) => {
  expectType<Equal<typeof ctx.session.keyOfTheTypeTests, string[] | undefined>>(true)
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
  ctx.session.keyOfTheTypeTests = ['a']
  ctx.session = { keyOfTheTypeTests: [] }
  // @ts-expect-error: a wrong type
  ctx.session.keyOfTheTypeTests = 'a'
})

// By type arguments: the data, then the columns.
new Koa().use(session<Own, ColumnsOf<Models['entity']>>({ model: entity })).use(async (ctx) => {
  expectType<Equal<typeof ctx.session.views, number | undefined>>(true)
  expectType<Equal<typeof ctx.session.cart, Own['cart'] | undefined>>(true)
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
  expectType<Equal<typeof ctx.session.foo, unknown>>(true)
  ctx.session.cart?.push({ name: 'book', qty: 1 })
  const cart = await ctx.session.take('cart')
  expectType<Equal<typeof cart, Own['cart'] | undefined>>(true)
  await ctx.session.update((s) => {
    s.views = (s.views ?? 0) + 1
  })
  // @ts-expect-error: a wrong type
  ctx.session.views = '1'
  // @ts-expect-error: an item without qty
  ctx.session.cart = [{ name: 'book' }]
})

// By the type argument alone: the columns are then unknown, never any.
new Koa().use(session<Own>({ model: entity })).use((ctx) => {
  expectType<Equal<typeof ctx.session.views, number | undefined>>(true)
  expectType<Equal<typeof ctx.session.userId, unknown>>(true)
})

// By a manager that has them.
const manager = new SessionManager<ColumnsOf<Models['entity']>, Own>({ model: entity })
new Koa().use(session(manager)).use((ctx) => {
  expectType<Equal<typeof ctx.session.views, number | undefined>>(true)
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
})

// In the type of a context.
declare const ctx: SessionContext<Models['entity'], Own>
expectType<Equal<typeof ctx.session.views, number | undefined>>(true)
expectType<Equal<typeof ctx.session.userId, number | null>>(true)
