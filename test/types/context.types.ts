import Koa from 'koa'
import { MemorySessionBackend, session } from 'koa-session-model'
import { type Equal, expectType } from './expect.js'
import { models } from './models.js'

const { entity, model } = models()

new Koa().use(session({ model: entity })).use(async (ctx) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
  expectType<Equal<typeof ctx.session.label, string | null>>(true)
  expectType<Equal<typeof ctx.session.foo, unknown>>(true)
  expectType<Equal<(typeof ctx.session)['not a name'], unknown>>(true)
  // A method of the model is not a property of the session.
  expectType<Equal<typeof ctx.session.isLoggedIn, unknown>>(true)

  expectType<Equal<typeof ctx.session.id, string>>(true)
  expectType<Equal<typeof ctx.session.isNew, boolean>>(true)
  expectType<Equal<typeof ctx.session.createdAt, Date | null>>(true)
  expectType<Equal<typeof ctx.session.expires, Date>>(true)
  expectType<Equal<ReturnType<typeof ctx.session.save>, Promise<void>>>(true)
  expectType<Equal<ReturnType<typeof ctx.session.touch>, void>>(true)
  expectType<Equal<ReturnType<typeof ctx.session.toJSON>, Record<string, unknown>>>(true)

  ctx.session.userId = 42
  ctx.session.userId = null
  ctx.session.cart = ['book']
  delete ctx.session.cart
  // @ts-expect-error: a wrong type
  ctx.session.userId = '42'
  // @ts-expect-error: a column has no undefined
  ctx.session.userId = undefined
  // @ts-expect-error: unknown is no array
  ctx.session.cart.push('pen')
  // @ts-expect-error: a column cannot be deleted
  delete ctx.session.userId
  // @ts-expect-error: a member is not yours to set
  ctx.session.id = 'x'
  // @ts-expect-error: a member is not yours to set
  ctx.session.expires = new Date()

  await ctx.session.update((s) => {
    expectType<Equal<typeof s.userId, number | null>>(true)
    expectType<Equal<typeof s.views, unknown>>(true)
    s.userId = 1
    // @ts-expect-error: a wrong type
    s.label = 1
  })

  expectType<Equal<ReturnType<typeof ctx.session.take<'userId'>>, Promise<number | null | undefined>>>(true)
  const [user, notice] = [await ctx.session.take('userId'), await ctx.session.take('notice')]
  expectType<Equal<typeof user, number | null | undefined>>(true)
  expectType<Equal<typeof notice, unknown>>(true)
  // @ts-expect-error: no name
  await ctx.session.take(5)
  // @ts-expect-error: no name
  await ctx.session.take()

  ctx.session = null
  ctx.session = {}
  ctx.session = { userId: 1 }
  ctx.session = { userId: 1, views: 2 }
  ctx.session = { ...ctx.session }
  // @ts-expect-error: a wrong type
  ctx.session = { userId: '1' }
  // @ts-expect-error: not an object
  ctx.session = 5
  // @ts-expect-error: not an object
  ctx.session = 'text'
  // @ts-expect-error: use null
  ctx.session = undefined
})

new Koa().use(session({ model })).use((ctx) => {
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
  expectType<Equal<typeof ctx.session.foo, unknown>>(true)
  // A method of the ORM is not a property of the session.
  expectType<Equal<typeof ctx.session.changed, unknown>>(true)
  // @ts-expect-error: a wrong type
  ctx.session.label = 5
})

new Koa().use(session({ backend: new MemorySessionBackend({ theme: 'light' }) })).use((ctx) => {
  expectType<Equal<typeof ctx.session.theme, string>>(true)
})

new Koa().use((ctx) => {
  // @ts-expect-error: without the middleware the session has no type
  expectType<Equal<typeof ctx.session.userId, number | null>>(true)
})
