import { expect } from 'chai'
import Koa from 'koa'
import { type SessionContext, SessionManager, session } from 'koa-session-model'
import { Clock } from '../support/clock.js'
import { type MatrixRow, type OpenModel, reachable } from '../support/matrix.js'
import { openSession } from '../support/open-session.js'
import { sequelizeRows } from '../support/sequelize-rows.js'
import { typeormRows } from '../support/typeorm-rows.js'
import { Client } from './support/client.js'
import { meeting } from './support/latch.js'
import { serve } from './support/serve.js'

type Context = Koa.ParameterizedContext<Koa.DefaultState, SessionContext<OpenModel['model']>>

function handlers(): Record<string, (ctx: Context) => unknown> {
  const meet = meeting(4)
  return {
    '/login': async (ctx) => {
      await ctx.session.regenerate()
      ctx.session.userId = 42
      ctx.session.label = 'naïve 漢字 👩‍👩‍👧'
      ctx.session.cart = [{ name: 'book', qty: 1 }]
    },
    '/count': async (ctx) => {
      if (ctx.querystring !== 'counted') await meet()
      ctx.session[ctx.querystring] = true
      await ctx.session.update((session) => {
        session.views = Number(session.views ?? 0) + 1
      })
    },
    '/write': async (ctx) => {
      const key = ctx.querystring
      await ctx.session.save()
      ctx.session[key] = true
      ctx.session.label = key
    },
    '/demote': async (ctx) => {
      await ctx.session.regenerate({ grace: 0 })
      ctx.session.label = 'user'
    },
    '/take': async (ctx) => {
      ctx.body = { cart: await ctx.session.take('cart'), label: await ctx.session.take('label') }
    },
    '/logout': (ctx) => ctx.session.destroy(),
    '/': (ctx) => {
      ctx.body = ctx.session
    },
  }
}

async function startOn(open: MatrixRow['open'], table: string) {
  const clock = new Clock()
  const opened = await open({ table, now: clock.now })
  const manager = new SessionManager({ model: opened.model, now: clock.now, cleanup: false })
  const paths = handlers()
  const url = await serve(
    new Koa().use(session(manager)).use(async (ctx) => {
      ctx.body = {}
      await paths[ctx.path]?.(ctx)
    }),
  )
  return { ...opened, clock, manager, visitor: new Client(url, 'sid') }
}

const loggedIn = { userId: 42, label: 'naïve 漢字 👩‍👩‍👧', cart: [{ name: 'book', qty: 1 }] }

for (const { name, open } of await reachable([...typeormRows, ...sequelizeRows])) {
  describe(`ctx.session on ${name}`, () => {
    let site: Awaited<ReturnType<typeof startOn>>

    beforeEach(async () => {
      site = await startOn(open, `koa_${name.replace(/\W+/g, '_').toLowerCase()}`)
    })
    afterEach(() => site.close())

    it('keeps columns and data, and gives them a new id at login', async () => {
      const { visitor } = site
      await visitor.json('/login')
      const old = visitor.copy()
      expect(await visitor.json('/')).to.deep.equal(loggedIn)
      await visitor.json('/login')
      expect(visitor.id).not.to.equal(old.id)
      expect(await visitor.json('/')).to.deep.equal(loggedIn)
      site.clock.pass(10)
      expect(await old.json('/')).to.deep.equal({ userId: null, label: null })
    })

    it('leads requests with a replaced id to the session, and shows them what it was', async () => {
      const { visitor, manager, count } = site
      await visitor.json('/write?guest')
      const old = visitor.copy()
      const underWay = await openSession(manager, old.id)
      await visitor.json('/login')
      underWay.properties.set('slow', true)
      await underWay.commit()
      expect(await old.json('/')).to.deep.equal({ userId: null, label: 'guest', guest: true })
      await old.json('/write?late')
      await old.json('/count?counted')
      expect(old.id).not.to.equal(visitor.id)
      const session = { ...loggedIn, guest: true, slow: true, late: true, label: 'late', counted: true, views: 1 }
      expect(await visitor.json('/')).to.deep.equal(session)
      expect(await count('active')).to.equal(1)
      await old.json('/logout')
      expect(await count('active')).to.equal(0)
      expect(await visitor.json('/')).to.deep.equal({ userId: null, label: null })
    })

    it('leaves a replaced id nothing after regenerate({ grace: 0 }), at once', async () => {
      const { visitor, count } = site
      await visitor.json('/login')
      const old = visitor.copy()
      await visitor.json('/demote')
      expect(await old.json('/')).to.deep.equal({ userId: null, label: null })
      expect(await visitor.json('/')).to.deep.equal({ ...loggedIn, label: 'user' })
      expect(await count('active')).to.equal(1)
    })

    it('gives one of the requests that run in parallel what they take', async () => {
      const { visitor } = site
      await visitor.json('/login')
      const answers = await Promise.all([1, 2, 3, 4].map(() => visitor.json('/take')))
      const { userId, ...taken } = loggedIn
      const all = answers.flatMap((answer) => Object.entries(answer as object))
      expect(all).to.have.deep.members(Object.entries(taken))
      expect(await visitor.json('/')).to.deep.equal({ userId, label: null })
    })

    it('counts each of the requests that run in parallel', async () => {
      const { visitor } = site
      await visitor.json('/login')
      await Promise.all(['a', 'b', 'c', 'd'].map((key) => visitor.json(`/count?${key}`)))
      expect(await visitor.json('/')).to.deep.equal({ ...loggedIn, a: true, b: true, c: true, d: true, views: 4 })
    })

    it('renews, and expires to the millisecond', async () => {
      const { visitor, clock, count } = site
      await visitor.json('/login')
      clock.pass(10 * 86_400)
      expect(await visitor.json('/')).to.deep.equal(loggedIn)
      clock.pass(14 * 86_400 - 0.001)
      expect(await count('active')).to.equal(1)
      clock.pass(0.001)
      expect(await count('expired')).to.equal(1)
      expect(await visitor.json('/')).to.deep.equal({ userId: null, label: null })
    })

    it('ends by destroy() and by revoke()', async () => {
      const { visitor, manager, count } = site
      await visitor.json('/login')
      const old = visitor.copy()
      await visitor.json('/logout')
      expect(visitor.cookie).to.equal(undefined)
      expect(await old.json('/')).to.include({ userId: null })
      await visitor.json('/login')
      expect(await manager.revoke({ userId: 42 })).to.equal(1)
      expect(await visitor.json('/')).to.include({ userId: null })
      expect(await count('active')).to.equal(0)
    })
  })
}
