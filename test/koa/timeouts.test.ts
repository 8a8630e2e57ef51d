import { expect } from 'chai'
import { type Handlers, start } from './support/site.js'

const minute = 60

const handlers: Handlers = {
  '/login': (ctx) => {
    ctx.session.userId = 1
  },
  '/write': (ctx) => {
    ctx.session.at = ctx.URL.search
  },
  '/': (ctx) => {
    const { userId, createdAt, expires, isNew } = ctx.session
    ctx.body = { userId, createdAt, expires, isNew }
  },
}

describe('the timeouts', () => {
  it('end a session that was not used for maxAge, to the millisecond', async () => {
    const { clock, client } = await start(handlers, { maxAge: '30m', touchAfter: 1 })
    const visitor = client()
    await visitor.json('/login')
    clock.pass(30 * minute - 0.001)
    expect(await visitor.json('/')).to.include({ userId: 1, isNew: false })
    clock.pass(0.001)
    expect(await visitor.json('/')).to.include({ userId: null, isNew: true })
  })

  it('start again with each use', async () => {
    const { clock, client } = await start(handlers, { maxAge: '30m' })
    const visitor = client()
    await visitor.json('/login')
    for (let use = 0; use < 5; use++) {
      clock.pass(20 * minute)
      expect(await visitor.json('/')).to.include({ userId: 1 })
    }
  })

  it('do not start again with rolling: false, even if the session is written', async () => {
    const { clock, client } = await start(handlers, { maxAge: '30m', rolling: false })
    const visitor = client()
    await visitor.json('/login')
    clock.pass(20 * minute)
    await visitor.json('/write?2')
    clock.pass(10 * minute)
    expect(await visitor.json('/')).to.include({ userId: null })
  })

  it('end a session after absoluteTimeout, however much it is used', async () => {
    const { clock, client, backend } = await start(handlers, { maxAge: '30m', absoluteTimeout: '1h' })
    const visitor = client()
    const began = clock.now()
    await visitor.json('/login')
    for (const path of ['/write?1', '/', '/write?2']) {
      clock.pass(19 * minute)
      await visitor.json(path)
    }
    expect((await backend.row()).expires.getTime()).to.equal(began + 3_600_000)
    clock.pass(3 * minute)
    expect(await visitor.json('/')).to.include({ userId: null, isNew: true })
  })

  it('show in createdAt and expires', async () => {
    const { clock, client } = await start(handlers, { maxAge: '30m' })
    const visitor = client()
    const began = clock.now()
    const iso = (milliseconds: number) => new Date(milliseconds).toISOString()
    expect(await visitor.json('/')).to.include({ createdAt: null, expires: iso(began + 1_800_000) })
    await visitor.json('/login')
    clock.pass(1)
    expect(await visitor.json('/')).to.include({ createdAt: iso(began), expires: iso(began + 1_800_000) })
  })

  it('count for a session that expires while the request runs', async () => {
    const site = await start(
      {
        ...handlers,
        '/slow': (ctx) => {
          site.clock.pass(31 * minute)
          ctx.session.late = true
        },
      },
      { maxAge: '30m' },
    )
    const visitor = site.client()
    await visitor.json('/login')
    await visitor.json('/slow')
    expect(visitor.cookie).to.equal(undefined)
    expect((await site.backend.row()).data).to.equal('{}')
  })
})
