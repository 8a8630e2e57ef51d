import { expect } from 'chai'
import { openSession } from '../support/open-session.js'
import { type Context, type Handlers, start } from './support/site.js'

const ways: Readonly<Record<string, (ctx: Context) => unknown>> = {
  'destroy()': (ctx) => ctx.session.destroy(),
  'ctx.session = null': (ctx) => {
    ctx.session = null
  },
}

function handlersWith(end: (ctx: Context) => unknown): Handlers {
  return {
    '/login': (ctx) => {
      ctx.session.userId = 1
      ctx.session.cart = ['book']
    },
    '/end': end,
    '/end-and-fail': async (ctx) => {
      await end(ctx)
      throw new Error('unexpected')
    },
    '/end-and-500': async (ctx) => {
      const { session } = ctx
      await end(ctx)
      session.late = true
      ctx.status = 500
    },
    '/end-and-begin': async (ctx) => {
      const { session } = ctx
      await end(ctx)
      ctx.body = { ...session, isNew: session.isNew }
      session.label = 'next'
    },
    '/end-and-update': async (ctx) => {
      const { session } = ctx
      await end(ctx)
      await session.update((next) => {
        next.label = 'next'
      })
    },
    '/twice': async (ctx) => {
      const { session } = ctx
      await end(ctx)
      session.label = 'short'
      await session.save()
      await end(ctx)
    },
    '/': (ctx) => {
      ctx.body = ctx.session
    },
  }
}

for (const [way, end] of Object.entries(ways)) {
  describe(way, () => {
    async function loggedIn() {
      const site = await start(handlersWith(end))
      const visitor = site.client()
      await visitor.json('/login')
      return { ...site, visitor, old: visitor.copy() }
    }

    it('ends the session also where keepChanges throws, and the app hears of that', async () => {
      const error = new TypeError('of keepChanges')
      const keepChanges = () => {
        throw error
      }
      for (const [path, count] of [
        ['/end', 1],
        ['/end-and-fail', 2],
        ['/end-and-begin', 1],
      ] as const) {
        const site = await start(handlersWith(end), { keepChanges })
        const visitor = site.client()
        const session = await openSession(site.manager)
        session.properties.set('userId', 1)
        await session.commit()
        visitor.cookie = session.id
        expect(await visitor.status(path)).to.equal(500)
        expect(await site.backend.rows()).to.deep.equal([])
        expect(visitor.cookie).to.equal(undefined)
        expect(site.errors).to.have.length(count).and.to.include(error)
      }
    })

    for (const path of ['/end', '/end-and-fail', '/end-and-500', '/twice']) {
      it(`deletes the row and clears the cookie: ${path}`, async () => {
        const { backend, visitor, old } = await loggedIn()
        await visitor.status(path)
        expect(visitor.cookie).to.equal(undefined)
        expect(await backend.rows()).to.deep.equal([])
        expect(await old.json('/')).to.include({ userId: null })
      })
    }

    for (const path of ['/end-and-begin', '/end-and-update']) {
      it(`lets what is set afterwards begin a new session: ${path}`, async () => {
        const { backend, visitor, old } = await loggedIn()
        const [line, ...others] = (await visitor.request(path)).headers.getSetCookie()
        expect(others, line).to.deep.equal([])
        expect(visitor.id).not.to.equal(old.id)
        expect(await visitor.json('/')).to.deep.equal({ userId: null, label: 'next', seenAt: null })
        expect(await backend.rows()).to.have.length(1)
      })
    }

    it('leaves an empty, new session at once', async () => {
      const { visitor } = await loggedIn()
      const left = { userId: null, label: null, seenAt: null, isNew: true }
      expect(await visitor.json('/end-and-begin')).to.deep.equal(left)
    })

    it('ends only the session of the request', async () => {
      const { backend, client, visitor } = await loggedIn()
      const other = client()
      await other.json('/login')
      await visitor.json('/end')
      expect(await backend.rows()).to.have.length(1)
      expect(await other.json('/')).to.include({ userId: 1 })
    })
  })
}

describe('ctx.session = null', () => {
  it('is carried out by save(), which stores no empty session instead', async () => {
    const site = await start({
      ...handlersWith(() => {}),
      '/logout': async (ctx) => {
        const { session } = ctx
        ctx.session = null
        await session.save()
        ctx.body = { rows: (await site.backend.rows()).length }
      },
    })
    const visitor = site.client()
    await visitor.json('/login')
    expect(await visitor.json('/logout')).to.deep.equal({ rows: 0 })
    expect(visitor.cookie).to.equal(undefined)
  })
})

describe('destroy()', () => {
  it('deletes the row before it resolves', async () => {
    const site = await start({
      ...handlersWith(() => {}),
      '/logout': async (ctx) => {
        await ctx.session.destroy()
        ctx.body = { rows: (await site.backend.rows()).length }
      },
    })
    const visitor = site.client()
    await visitor.json('/login')
    expect(await visitor.json('/logout')).to.deep.equal({ rows: 0 })
  })
})
