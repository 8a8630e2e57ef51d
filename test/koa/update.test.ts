import { expect } from 'chai'
import { meeting } from './support/latch.js'
import { type Context, type Handlers, start } from './support/site.js'

const increment = (ctx: Context): Promise<void> =>
  ctx.session.update((session) => {
    session.views = Number(session.views ?? 0) + 1
    session.userId = (session.userId ?? 0) + 1
  })

function handlersFor(parallel: number): Handlers {
  const meet = meeting(parallel)
  return {
    '/begin': increment,
    '/meet': async (ctx) => {
      await meet()
      await increment(ctx)
    },
    '/': (ctx) => {
      ctx.body = { views: ctx.session.views, userId: ctx.session.userId }
    },
  }
}

describe('update()', () => {
  for (const parallel of [2, 10]) {
    it(`counts each of ${parallel} requests that run in parallel`, async () => {
      const { client } = await start(handlersFor(parallel))
      const visitor = client()
      await visitor.json('/begin')
      await Promise.all(Array.from({ length: parallel }, () => visitor.json('/meet')))
      expect(await visitor.json('/')).to.deep.equal({ views: parallel + 1, userId: parallel + 1 })
    })
  }

  it('is durable when it resolves, and begins a session', async () => {
    const site = await start({
      '/': async (ctx) => {
        await increment(ctx)
        ctx.body = { stored: (await site.backend.row()).data, now: ctx.session.views }
      },
    })
    const visitor = site.client()
    expect(await visitor.json('/')).to.deep.equal({ stored: '{"views":1}', now: 1 })
    expect(visitor.id).to.have.length(43)
  })

  it('keeps what was changed before it and what is changed after it', async () => {
    const { client } = await start({
      ...handlersFor(1),
      '/all': async (ctx) => {
        ctx.session.before = true
        await increment(ctx)
        ctx.session.after = true
      },
      '/': (ctx) => {
        ctx.body = ctx.session
      },
    })
    const visitor = client()
    await visitor.json('/begin')
    await visitor.json('/all')
    expect(await visitor.json('/')).to.include({ before: true, after: true, views: 2 })
  })

  it('rejects with what the function throws, and keeps nothing of it', async () => {
    const { client } = await start({
      ...handlersFor(1),
      '/throw': (ctx) =>
        ctx.session
          .update((session) => {
            session.views = 100
            throw new RangeError('no')
          })
          .catch((error: unknown) => expect(error).to.be.instanceOf(RangeError)),
    })
    const visitor = client()
    await visitor.json('/begin')
    await visitor.json('/throw')
    expect(await visitor.json('/')).to.include({ views: 1 })
  })

  it('waits for an asynchronous function', async () => {
    const { client } = await start({
      ...handlersFor(1),
      '/later': (ctx) =>
        ctx.session.update(async (session) => {
          await new Promise(setImmediate)
          session.views = 7
        }),
    })
    const visitor = client()
    await visitor.json('/begin')
    await visitor.json('/later')
    expect(await visitor.json('/')).to.include({ views: 7 })
  })
})
