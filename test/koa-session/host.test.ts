import { expect } from 'chai'
import { type Handlers, type HostSiteOptions, startHost } from './support/host-site.js'
import { hosts } from './support/hosts.js'

const handlers: Handlers = {
  '/login': (ctx) => {
    ctx.session.userId = 42
    ctx.session.cart = [{ name: 'book' }]
    ctx.session.seenAt = new Date(0)
  },
  '/cart': (ctx) => {
    ;(ctx.session.cart as unknown[]).push({ name: ctx.querystring })
  },
  '/replace': (ctx) => {
    ctx.session = { replaced: true } as never
  },
  '/logout': (ctx) => {
    ctx.session = null as never
  },
  '/regenerate': async (ctx) => {
    ctx.session.again = true
    await ctx.session.regenerate()
  },
  '/brief': (ctx) => {
    ctx.session.maxAge = 60_000
  },
  '/with-browser': (ctx) => {
    ctx.session.maxAge = 'session'
  },
  '/max-age': (ctx) => {
    ctx.body = { maxAge: ctx.session.maxAge ?? null }
  },
}

for (const [name, host] of hosts) {
  for (const style of ['store', 'ContextStore'] as const) {
    describe(`the store of ${name} as its option ${style}`, () => {
      const start = (options: HostSiteOptions = {}) => startHost(handlers, { host, style, ...options })

      it('keeps sessions, whose columns are properties', async () => {
        const { client, backend, errors } = await start()
        const visitor = client()
        expect(await visitor.json('/')).to.deep.equal({})
        expect(visitor.cookie).to.equal(undefined)
        await visitor.json('/login')
        const found = { userId: 42, cart: [{ name: 'book' }], seenAt: new Date(0).toISOString() }
        expect(await visitor.json('/')).to.deep.equal(found)
        const { columns } = await backend.row()
        expect(columns).to.deep.equal({ userId: 42, seenAt: new Date(0) })
        await visitor.json('/cart?pen')
        expect(await visitor.json('/')).to.deep.equal({ ...found, cart: [{ name: 'book' }, { name: 'pen' }] })
        await visitor.json('/replace')
        expect(await visitor.json('/')).to.deep.equal({ replaced: true })
        expect((await backend.row()).columns).to.deep.equal({ userId: null, seenAt: null })
        expect(errors).to.deep.equal([])
      })

      it('lets koa-session tell of one that has expired', async () => {
        const slow = () => Date.now() - 61_000
        const { app, client } = await start({ hostOptions: { maxAge: 60_000 }, policy: { now: slow } })
        const heard = new Promise<{ key: string }>((resolve) => void app.once('session:expired', resolve))
        const visitor = client()
        await visitor.json('/login')
        expect(await visitor.json('/')).to.deep.equal({})
        expect((await heard).key).to.equal(visitor.id)
      })

      it('ends them', async () => {
        const { client, backend, errors } = await start()
        const visitor = client()
        await visitor.json('/login')
        const old = visitor.copy()
        await visitor.json('/logout')
        expect(await backend.rows()).to.have.length(0)
        expect(visitor.cookie).to.equal(undefined)
        await visitor.json('/logout')
        expect(await old.json('/')).to.deep.equal({})
        expect(errors).to.deep.equal([])
      })

      it('gives them the time that koa-session asks for', async () => {
        const { client, manager, store } = await start({ hostOptions: { maxAge: 3_600_000 } })
        const visitor = client()
        await visitor.json('/login')
        expect((await manager.store.load(visitor.id))?.maxAge).to.equal(3_610_000)
        await visitor.json('/brief')
        const session = await manager.store.load(visitor.id)
        expect(session?.maxAge).to.equal(70_000)
        expect(await visitor.json('/max-age')).to.deep.equal({ maxAge: 60_000 })
        const { _expire, _maxAge } = (await store.get(visitor.id, 0, { ctx: {} })) ?? {}
        const expires = session?.expires.getTime() ?? 0
        expect({ _expire, _maxAge }).to.deep.equal({ _expire: expires - 10_000, _maxAge: 60_000 })
        await visitor.json('/with-browser')
        expect((await manager.store.load(visitor.id))?.maxAge).to.equal(null)
        expect(await visitor.json('/max-age')).to.deep.equal({ maxAge: 'session' })
      })
    })
  }
}
