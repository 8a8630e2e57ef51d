import { inspect } from 'node:util'
import { expect } from 'chai'
import { type Context, start } from './support/site.js'

const properties = { userId: 1, label: null, seenAt: null, theme: 'dark', views: 0 }

/** Runs `look` in a request that finds a stored session. */
async function withSession(look: (ctx: Context) => unknown): Promise<void> {
  const { client, errors } = await start({
    '/begin': (ctx) => {
      Object.assign(ctx.session, { userId: 1, theme: 'dark', views: 0 })
    },
    '/look': async (ctx) => {
      await look(ctx)
    },
  })
  const visitor = client()
  await visitor.json('/begin')
  await visitor.status('/look')
  if (errors.length > 0) throw errors[0]
}

describe('ctx.session as an object', () => {
  it('knows with `in` what it holds', () =>
    withSession(({ session }) => {
      for (const name of ['userId', 'label', 'theme', 'views', 'save', 'id']) expect(name in session).to.equal(true)
      for (const name of ['cart', 'toString', 'constructor', 'then']) expect(name in session).to.equal(false)
    }))

  it('lists columns and data keys', () =>
    withSession(({ session }) => {
      expect(Object.keys(session)).to.have.members(Object.keys(properties))
      const found: string[] = []
      for (const name in session) found.push(name)
      expect(found).to.have.members(Object.keys(properties))
      expect(Object.entries(session)).to.deep.include(['userId', 1])
      expect(Object.hasOwn(session, 'theme')).to.equal(true)
      expect(Object.hasOwn(session, 'cart')).to.equal(false)
    }))

  it('can be copied and serialized', () =>
    withSession(({ session }) => {
      expect({ ...session }).to.deep.equal(properties)
      expect(Object.assign({}, session)).to.deep.equal(properties)
      expect(JSON.parse(JSON.stringify(session))).to.deep.equal(properties)
      expect(session.toJSON()).to.deep.equal(properties)
    }))

  it('shows its properties to util.inspect, and not its id', () =>
    withSession(({ session }) => {
      const text = inspect(session)
      expect(text).to.contain("theme: 'dark'").and.to.contain('userId: 1')
      expect(text).not.to.contain(session.id)
      for (const options of [
        { depth: 9, showHidden: true },
        { depth: 9, showProxy: true },
        { depth: 9, getters: true },
      ]) {
        expect(inspect({ session }, options), JSON.stringify(options))
          .to.contain("theme: 'dark'")
          .and.not.to.contain(session.id)
      }
    }))

  it('is the same object all the time', () =>
    withSession((ctx) => {
      const { session } = ctx
      ctx.session = { theme: 'light' }
      expect(ctx.session).to.equal(session)
      ctx.session = null
      ctx.session = {}
      expect(ctx.session).to.equal(session)
    }))

  it('is no promise', () =>
    withSession(async (ctx) => {
      expect(await ctx.session).to.equal(ctx.session)
      Reflect.set(ctx.session, 'then', 'later')
      expect(await ctx.session).to.equal(ctx.session)
    }))

  it('has members that can be taken off it', () =>
    withSession(async ({ session }) => {
      const { save, destroy } = session
      session.views = 1
      await save()
      await destroy()
      expect(session.isNew).to.equal(true)
    }))

  it('cannot be frozen, nor get another prototype', () =>
    withSession(({ session }) => {
      expect(() => Object.freeze(session)).to.throw(TypeError)
      expect(() => Object.setPrototypeOf(session, Array.prototype)).to.throw(TypeError)
      expect(() => Object.defineProperty(session, 'x', { get: () => 1 })).to.throw(TypeError)
    }))

  it('is enumerable on ctx', () =>
    withSession((ctx) => {
      const names: string[] = []
      for (const name in ctx) names.push(name)
      expect(names).to.contain('session')
    }))
})
