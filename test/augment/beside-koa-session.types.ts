/// <reference types="koa-session" />
import 'koa-session-model/augment'
import Koa, { type BaseContext } from 'koa'
import { type RegisteredModel, session } from 'koa-session-model'

declare const Sessions: RegisteredModel<{ userId: number | null }>

// @types/koa-session gives every context a session that takes any property. What both say of it holds at once.
export const app: Koa = new Koa()
app.use(session({ model: Sessions }))
app.use(async (ctx) => {
  ctx.session.userId = 1
  await ctx.session.regenerate()
  ctx.body = { isNew: ctx.session.isNew, expires: ctx.session.expires.toISOString() }
  // @ts-expect-error: no date is a number
  ctx.session.expires.toFixed()
})
export const chained: Koa = new Koa().use(session({ model: Sessions })).use((ctx) => {
  ctx.body = ctx.session.expires.toISOString()
})

// Their types are there indeed.
export type TheirOptions = BaseContext['sessionOptions']
