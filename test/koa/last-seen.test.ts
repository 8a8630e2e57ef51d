import { expect } from 'chai'
import { MemorySessionBackend } from 'koa-session-model'
import { type Columns, type Handlers, type Options, start } from './support/site.js'
import { WatchedBackend } from './support/watched-backend.js'

const handlers: Handlers = {
  '/begin': (ctx) => {
    ctx.session.userId = 1
  },
  '/': (ctx) => {
    ctx.body = { lastSeenAt: ctx.session.lastSeenAt }
  },
  '/save': async (ctx) => {
    ctx.session.label = 'new'
    await ctx.session.save()
    await ctx.session.reload()
    ctx.body = { lastSeenAt: ctx.session.lastSeenAt }
  },
  '/set': (ctx) => {
    ;(ctx.session as Record<string, unknown>).lastSeenAt = new Date()
  },
  '/fail': (ctx) => ctx.throw(500),
}

async function visit(options: Options = {}) {
  const backend = new WatchedBackend(
    new MemorySessionBackend<Columns>({ userId: null, label: null, seenAt: null }, { lastSeenAt: true }),
  )
  const site = await start(handlers, options, backend)
  const visitor = site.client()
  const first = await visitor.json('/')
  await visitor.request('/begin')
  return { ...site, visitor, first, moment: () => new Date(site.clock.now()).toISOString() }
}

describe('ctx.session.lastSeenAt', () => {
  it('is null in a new session, and then the moment of the request before', async () => {
    const { visitor, clock, first, moment } = await visit()
    expect(first).to.deep.equal({ lastSeenAt: null })
    const begun = moment()
    clock.pass(3600)
    const seen = moment()
    expect(await visitor.json('/')).to.deep.equal({ lastSeenAt: begun })
    clock.pass(3600)
    expect(await visitor.json('/')).to.deep.equal({ lastSeenAt: seen })
  })

  it('stays as the request found it, after save() and reload() too', async () => {
    const { visitor, clock, moment } = await visit()
    const begun = moment()
    clock.pass(3600)
    expect(await visitor.json('/save')).to.deep.equal({ lastSeenAt: begun })
  })

  it('is kept without a cookie in the response, and without the headers that go with one', async () => {
    const { visitor, clock, backend } = await visit()
    clock.pass(60)
    backend.takeCalls()
    const { headers } = await visitor.request('/')
    expect(backend.takeCalls()).to.deep.equal(['find', 'touch'])
    expect(headers.getSetCookie()).to.deep.equal([])
    expect(headers.get('cache-control')).to.equal(null)
  })

  it('counts a request that fails', async () => {
    const { visitor, clock, backend } = await visit()
    clock.pass(60)
    await visitor.request('/fail')
    expect((await backend.row()).lastSeenAt?.getTime()).to.equal(clock.now())
  })

  it('does not count a request that does not load the session', async () => {
    const { visitor, clock, backend } = await visit({ load: 'lazy', exclude: '/begun' })
    clock.pass(60)
    backend.takeCalls()
    await visitor.request('/none')
    expect(backend.takeCalls()).to.deep.equal([])
  })

  it('cannot be assigned', async () => {
    const { visitor, errors } = await visit()
    await visitor.request('/set')
    expect(errors).to.have.lengthOf(1)
    expect(errors[0]).to.have.property('code', 'NAME_RESERVED')
  })
})
