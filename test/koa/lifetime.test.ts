import { expect } from 'chai'
import { expectError } from '../support/errors.js'
import { openSession } from '../support/open-session.js'
import { type Handlers, type Options, start } from './support/site.js'

const day = 86_400

const handlers: Handlers = {
  '/login': async (ctx) => {
    await ctx.session.regenerate()
    ctx.session.userId = 1
  },
  '/remember': (ctx) => {
    ctx.session.userId = 1
    ctx.session.maxAge = '30d'
  },
  '/write': (ctx) => {
    ctx.session.views = 1
  },
  '/': (ctx) => {
    const { maxAge, authenticatedAt, userId } = ctx.session
    ctx.body = { maxAge, authenticatedAt, userId }
  },
}

async function visit(path: string, options: Options = {}) {
  const site = await start(handlers, { maxAge: '1d', ...options })
  const visitor = site.client()
  const response = await visitor.request(path)
  const cookie = response.headers.getSetCookie()[0] ?? ''
  return { ...site, visitor, cookie }
}

/** How many days from now the cookie ends; Koa reckons from the real time. */
function daysOf(cookie: string): number {
  const [, date = ''] = /expires=([^;]+)/i.exec(cookie) ?? []
  return Math.round((Date.parse(date) - Date.now()) / (day * 1000))
}

describe('a session with a maxAge of its own', () => {
  it('lives as long as that, from its last use', async () => {
    const { visitor, clock, backend } = await visit('/remember')
    expect((await backend.row()).expires.getTime()).to.equal(clock.now() + 30 * day * 1000)
    clock.pass(29 * day)
    expect(await visitor.json('/')).to.include({ maxAge: 30 * day * 1000, userId: 1 })
    clock.pass(29 * day)
    await visitor.json('/write')
    clock.pass(30 * day - 0.001)
    expect(await visitor.json('/')).to.include({ userId: 1 })
    clock.pass(30 * day)
    expect(await visitor.json('/')).to.include({ maxAge: day * 1000, userId: null })
  })

  it('can be set on a stored session, also alone, and keeps the data', async () => {
    const { visitor, clock, backend } = await visit('/write')
    await visitor.json('/remember')
    expect(JSON.parse((await backend.row()).data ?? '')).to.deep.include({ views: 1 })
    clock.pass(29 * day)
    expect(await visitor.json('/')).to.include({ userId: 1 })
  })

  it('never outlives the absolute timeout', async () => {
    const { visitor, clock } = await visit('/remember', { absoluteTimeout: '7d' })
    clock.pass(7 * day - 1)
    expect(await visitor.json('/')).to.include({ userId: 1 })
    clock.pass(1)
    expect(await visitor.json('/')).to.include({ userId: null })
  })

  it('survives a change by another request', async () => {
    const { manager, visitor, backend, clock } = await visit('/write')
    const [one, two] = [await openSession(manager, visitor.id), await openSession(manager, visitor.id)]
    one.properties.set('views', 2)
    two.state.changeMeta({ maxAge: 5000 })
    await Promise.all([one.commit(), two.commit()])
    const row = await backend.row()
    expect(row.expires.getTime()).to.equal(clock.now() + 5000)
    expect(JSON.parse(row.data ?? '')).to.deep.include({ views: 2 })
  })

  it('is no duration: an error', async () => {
    const { client, errors } = await start({
      '/bad': (ctx) => {
        ctx.session.maxAge = '14 fortnights'
      },
    })
    expect(await client().status('/bad')).to.equal(500)
    await expectError('OPTION_INVALID', () => Promise.reject(errors[0]))
  })
})

describe('the cookie', () => {
  it('lives as long as the session', async () => {
    expect(daysOf((await visit('/write')).cookie)).to.equal(1)
  })

  it('ends with the browser, if it is not persistent', async () => {
    expect((await visit('/write', { cookie: { persistent: false } })).cookie).not.to.match(/expires|max-age/i)
  })

  it('of a remembered session outlives the browser all the same', async () => {
    const { cookie } = await visit('/remember', { cookie: { persistent: false } })
    expect(daysOf(cookie)).to.equal(30)
  })
})

describe('authenticatedAt', () => {
  it('is when regenerate() was last called', async () => {
    const { visitor, clock } = await visit('/write')
    expect(await visitor.json('/')).to.deep.include({ authenticatedAt: null })
    clock.pass(60)
    await visitor.json('/login')
    clock.pass(60)
    expect(await visitor.json('/')).to.deep.include({ authenticatedAt: '2026-03-14T15:10:26.000Z' })
  })

  it('is known in the request that logs in, also in a new session', async () => {
    const { client } = await start({
      '/login': async (ctx) => {
        await ctx.session.regenerate()
        ctx.session.userId = 1
        ctx.body = { at: ctx.session.authenticatedAt }
      },
      '/': (ctx) => {
        ctx.body = { at: ctx.session.authenticatedAt }
      },
    })
    const visitor = client()
    const at = { at: '2026-03-14T15:09:26.000Z' }
    expect(await visitor.json('/login')).to.deep.equal(at)
    expect(await visitor.json('/')).to.deep.equal(at)
  })
})
