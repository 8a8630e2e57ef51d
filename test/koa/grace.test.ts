import { expect } from 'chai'
import { latch } from './support/latch.js'
import { type Context, type Handlers, type Options, type Site, start } from './support/site.js'

const anonymous = { userId: null, label: null, seenAt: null }
const before = { userId: null, label: 'guest', seenAt: null, cart: ['book'], views: 1 }
const after = { userId: 1, label: 'guest', seenAt: null, cart: ['book'], views: 1, secret: 'of the user' }

const handlers: Handlers = {
  '/begin': (ctx) => {
    Object.assign(ctx.session, { label: 'guest', cart: ['book'], views: 1 })
  },
  '/login': async (ctx) => {
    await ctx.session.regenerate()
    Object.assign(ctx.session, { userId: 1, secret: 'of the user' })
  },
  '/renew': (ctx) => ctx.session.regenerate(),
  '/write': (ctx) => {
    ctx.session.late = true
    ctx.session.label = 'late'
  },
  '/count': async (ctx) => {
    await ctx.session.update((session) => {
      session.views = Number(session.views) + 1
    })
    ctx.body = ctx.session
  },
  '/save': async (ctx) => {
    ctx.session.late = true
    await ctx.session.save()
    ctx.body = ctx.session
  },
  '/remember': (ctx) => {
    ctx.session.maxAge = '1y'
  },
  '/logout': (ctx) => ctx.session.destroy(),
  '/': (ctx) => {
    ctx.body = ctx.session
  },
}

/** A visitor who has logged in, and the browser that still has the id of before. */
async function loggedIn(options: Options = {}) {
  const site = await start(handlers, options)
  const visitor = site.client()
  await visitor.json('/begin')
  const old = visitor.copy()
  await visitor.json('/login')
  return { ...site, visitor, old }
}

/** The same, where `act` is under way with the id of before during the login. */
async function underWay(act: (ctx: Context, site: Site) => unknown, options: Options = {}) {
  const [loaded, loggedIn] = [latch(), latch()]
  const paths: Handlers = {
    ...handlers,
    '/act': async (ctx) => {
      loaded.open()
      await loggedIn.promise
      await act(ctx, site)
    },
  }
  const site: Site = await start(paths, options)
  const visitor = site.client()
  await visitor.json('/begin')
  const old = visitor.copy()
  const acting = old.request('/act')
  await loaded.promise
  await visitor.json('/login')
  loggedIn.open()
  const response = await acting
  return { ...site, visitor, old, response, cookies: response.headers.getSetCookie() }
}

describe('a request that comes with an id which was just replaced', () => {
  it('sees the session as it was before, and gets no cookie', async () => {
    const { old, visitor, errors } = await loggedIn()
    const response = await old.request('/')
    expect(response.headers.getSetCookie()).to.deep.equal([])
    expect(await response.json()).to.deep.equal(before)
    expect(await visitor.json('/')).to.deep.equal(after)
    expect(errors).to.deep.equal([])
  })

  it('writes to the session', async () => {
    const { old, visitor } = await loggedIn()
    const response = await old.request('/write')
    expect(response.headers.getSetCookie()).to.deep.equal([])
    expect(await visitor.json('/')).to.deep.equal({ ...after, late: true, label: 'late' })
  })

  it('counts exactly', async () => {
    const { old, visitor } = await loggedIn()
    await visitor.json('/count')
    expect(await old.json('/count')).to.deep.equal({ ...before, views: 3 })
    expect(await visitor.json('/')).to.deep.equal({ ...after, views: 3 })
  })

  it('does not see what the login has set after a save() either', async () => {
    const { old } = await loggedIn()
    expect(await old.json('/save')).to.deep.equal({ ...before, late: true })
  })

  it('gives the session its timeout', async () => {
    const { old, visitor, clock, backend } = await loggedIn()
    await old.json('/remember')
    expect((await backend.row()).expires.getTime()).to.equal(clock.now() + 365.25 * 86_400_000)
    expect(await visitor.json('/')).to.deep.equal(after)
  })

  it('is a stranger after the grace', async () => {
    const { old, clock } = await loggedIn()
    clock.pass(9.999)
    expect(await old.json('/')).to.deep.equal(before)
    clock.pass(0.001)
    expect(await old.json('/')).to.deep.equal(anonymous)
  })

  it('is a stranger at once with grace: 0', async () => {
    const { old } = await loggedIn({ grace: 0 })
    expect(await old.json('/')).to.deep.equal(anonymous)
  })

  it('reaches the session through several replaced ids', async () => {
    const { old, visitor, clock } = await loggedIn()
    clock.pass(6)
    await visitor.json('/renew')
    await old.json('/write')
    clock.pass(3)
    await visitor.json('/renew')
    expect(await old.json('/')).to.deep.equal(before)
    expect(await visitor.json('/')).to.deep.equal({ ...after, late: true, label: 'late' })
  })

  it('ends the session by a logout', async () => {
    const { old, visitor, backend } = await loggedIn()
    await old.json('/logout')
    expect(await visitor.json('/')).to.deep.equal(anonymous)
    expect(await backend.rows()).to.deep.equal([])
  })

  for (const end of ['destroy', 'revoke', 'SQL'] as const) {
    it(`is a stranger when the session has ended (${end})`, async () => {
      const { old, visitor, manager, backend } = await loggedIn()
      if (end === 'destroy') await visitor.json('/logout')
      else if (end === 'revoke') await manager.revoke({ userId: 1 })
      else await backend.inner.delete([(await backend.row()).id])
      expect(await old.json('/')).to.deep.equal(anonymous)
    })
  }

  it('begins a session of its own by logging in, and leaves the other as it is', async () => {
    const { old, visitor, backend } = await loggedIn()
    await visitor.json('/count')
    const response = await old.request('/login')
    expect(response.headers.getSetCookie()).to.have.length(1)
    expect(old.id).not.to.equal(visitor.id)
    expect(await old.json('/')).to.deep.equal(after)
    expect(await visitor.json('/')).to.deep.equal({ ...after, views: 2 })
    expect(await backend.rows()).to.have.length(2)
  })
})

describe('a request that is under way while the id is replaced', () => {
  const write = ({ session }: Context): void => {
    session.late = true
  }

  for (const options of [{}, { grace: 0 }] as const) {
    it(`writes to the session, and gets no cookie: ${JSON.stringify(options)}`, async () => {
      const { visitor, cookies } = await underWay(write, options)
      expect(cookies).to.deep.equal([])
      expect(await visitor.json('/')).to.deep.equal({ ...after, late: true })
    })

    it(`ends the session by a logout: ${JSON.stringify(options)}`, async () => {
      const { visitor, backend } = await underWay((ctx) => ctx.session.destroy(), options)
      expect(await visitor.json('/')).to.deep.equal(anonymous)
      expect(await backend.rows()).to.deep.equal([])
    })
  }

  it('writes also long after the grace', async () => {
    const { visitor } = await underWay(({ session }, { clock }) => {
      clock.pass(600)
      session.late = true
    })
    expect(await visitor.json('/')).to.deep.equal({ ...after, late: true })
  })

  it('goes on seeing what it saw', async () => {
    const { response } = await underWay(async (ctx) => {
      write(ctx)
      await ctx.session.save()
      await ctx.session.update((session) => {
        session.views = Number(session.views) + 1
      })
      ctx.body = ctx.session
    })
    expect(await response.json()).to.deep.equal({ ...before, late: true, views: 2 })
  })

  it('keeps its own login beside the other', async () => {
    const { visitor, old, backend } = await underWay(handlers['/login'] as (ctx: Context) => unknown)
    expect(await visitor.json('/')).to.deep.equal(after)
    expect(await old.json('/')).to.deep.equal(after)
    expect(await backend.rows()).to.have.length(2)
  })

  it('does not renew the session, nor the cookie', async () => {
    const { cookies } = await underWay(({ session }) => session.touch())
    expect(cookies).to.deep.equal([])
  })
})

describe('the trace of a replaced id', () => {
  it('is an expired row, and never listed', async () => {
    const { backend, manager, clock } = await loggedIn()
    const all = await backend.inner.list({}, new Date(0), 10)
    expect(all).to.have.length(2)
    expect(await backend.inner.list({}, new Date(clock.now()), 10)).to.have.length(1)
    expect(await manager.list({ userId: null })).to.deep.equal([])
  })

  it('is removed with the expired rows, once no request can need it', async () => {
    const { backend, manager, clock } = await loggedIn()
    expect(await manager.deleteExpired()).to.equal(0)
    clock.pass(manager.options.grace / 1000 + 44)
    expect(await manager.deleteExpired()).to.equal(0)
    clock.pass(1)
    expect(await manager.deleteExpired()).to.equal(1)
    expect(await backend.rows()).to.have.length(1)
  })

  it('opens nothing by itself', async () => {
    const { backend, client, manager } = await loggedIn()
    const trace = (await backend.inner.list({}, new Date(0), 10)).find(({ id }) => id.startsWith('~'))
    const thief = client()
    thief.cookie = trace?.id
    expect(await thief.json('/')).to.deep.equal(anonymous)
    expect(await manager.get(trace?.id ?? '')).to.equal(undefined)
  })

  it('of a process that died before it replaced the id holds nobody up for long', async () => {
    const { backend, client, clock, errors } = await start(handlers)
    const visitor = client()
    await visitor.json('/begin')
    backend.before = (call) => {
      if (call === 'update') throw new Error('died')
    }
    expect(await visitor.status('/login')).to.equal(503)
    backend.before = () => {}
    expect(await visitor.json('/')).to.deep.equal(before)
    clock.pass(5)
    const old = visitor.copy()
    await visitor.json('/login')
    expect(await visitor.json('/')).to.deep.equal(after)
    expect(await old.json('/')).to.deep.equal(before)
    expect(errors).to.have.length(1)
  })
})

describe('a request with an old id that only reads', () => {
  it('costs the three queries that find the session, and tells of no conflict', async () => {
    const { old, backend, manager } = await loggedIn()
    const conflicts: unknown[] = []
    manager.on('conflict', (event) => conflicts.push(event))
    backend.takeCalls()
    await old.json('/')
    expect(backend.takeCalls()).to.deep.equal(['find', 'find', 'find'])
    expect(conflicts).to.deep.equal([])
  })

  it('sees when the session expires, and after reload() what it has written itself', async () => {
    const { client, clock, url } = await start({
      ...handlers,
      '/reload': async (ctx) => {
        ctx.session.own = 1
        await ctx.session.save()
        await ctx.session.update((session) => {
          session.own = Number(session.own) + 1
        })
        ctx.session.dropped = true
        await ctx.session.reload()
        ctx.body = { ...ctx.session.toJSON(), expires: ctx.session.expires }
      },
    })
    expect(url).to.be.a('string')
    const visitor = client()
    await visitor.json('/begin')
    const old = visitor.copy()
    await visitor.json('/login')
    const expires = new Date(clock.now() + 14 * 86_400_000).toISOString()
    expect(await old.json('/reload')).to.deep.equal({ ...before, own: 2, expires })
    expect(await visitor.json('/')).to.deep.equal({ ...after, own: 2 })
  })
})
