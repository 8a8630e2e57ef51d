import Koa from 'koa'
import { SessionManager, session } from 'koa-session-model'
import { type Equal, expectType } from './expect.js'
import { models } from './models.js'

const { entity, model } = models()

new Koa().use(session({ model: entity })).use(async (ctx) => {
  expectType<Equal<typeof ctx.session.maxAge, number>>(true)
  expectType<Equal<typeof ctx.session.authenticatedAt, Date | null>>(true)
  ctx.session.maxAge = '30d'
  ctx.session.maxAge = 1000
  // @ts-expect-error: no duration
  ctx.session.maxAge = new Date()
  // @ts-expect-error: a member is not yours to set
  ctx.session.authenticatedAt = new Date()

  expectType<Equal<ReturnType<typeof ctx.session.load>, Promise<void>>>(true)
  await ctx.session.save((error) => expectType<Equal<typeof error, unknown>>(true))
  await ctx.session.regenerate(() => {})
  // @ts-expect-error: no callback
  await ctx.session.destroy(5)
})

// The column of a limit is one of the model's.
session({ model: entity, limit: { by: 'userId', max: 5 } })
session({ model, limit: { by: 'label', max: 5, onExceed: 'refuse' } })
// @ts-expect-error: no column
session({ model: entity, limit: { by: 'user', max: 5 } })
// @ts-expect-error: a method is no column
session({ model: entity, limit: { by: 'isLoggedIn', max: 5 } })
// @ts-expect-error: how many?
session({ model: entity, limit: { by: 'userId' } })
// @ts-expect-error: no such way
session({ model: entity, limit: { by: 'userId', max: 5, onExceed: 'ask' } })

session({ model, load: 'lazy', grace: 0, onGone: 'throw' })
session({ model, exclude: ['/health', /\.png$/, ({ path, method }) => path === '/' && method === 'HEAD'] })
session({ model, keepChanges: ({ status, error }) => status < 400 && error === undefined })
session({ model, cookie: { persistent: false } })
// @ts-expect-error: neither eager nor lazy
session({ model, load: 'never' })
// @ts-expect-error: no path
session({ model, exclude: 5 })
// @ts-expect-error: an answer is needed
session({ model, keepChanges: () => 'yes' })
// @ts-expect-error: no such way
session({ model, onGone: 'retry' })

const manager = new SessionManager({ model: entity, limit: { by: 'userId', max: 5 } })
new Koa().use(session(manager)).use(async (ctx) => {
  expectType<Equal<Awaited<ReturnType<typeof manager.revoke>>, number>>(true)
  await manager.revoke({ userId: 1 }, { except: ctx.session })
  // @ts-expect-error: an id is no session
  await manager.revoke({ userId: 1 }, { except: ctx.session.id })
})

new Koa().use(session(manager)).use(async ({ session }) => {
  expectType<Equal<ReturnType<typeof session.regenerate>, Promise<void>>>(true)
  await session.regenerate({ grace: 0 })
  await session.regenerate({})
  await session.regenerate(() => {})
  await session.regenerate({ grace: 0 }, () => {})
  // @ts-expect-error: another grace is an option of the middleware
  await session.regenerate({ grace: '5s' })
  // @ts-expect-error: no such option
  await session.regenerate({ grase: 0 })
})

manager.on('gone', (event) => {
  expectType<Equal<typeof event.session, string | null>>(true)
  expectType<Equal<typeof event.at, Date>>(true)
  expectType<Equal<typeof event.reason, 'ended' | 'expired' | 'replaced'>>(true)
})
// @ts-expect-error: no such event
manager.on('went', () => {})
// @ts-expect-error: a conflict has no reason
manager.on('conflict', ({ reason }) => reason)

expectType<Equal<ReturnType<typeof manager.openRequest>['commit'], (keep: boolean) => Promise<void> | undefined>>(true)
