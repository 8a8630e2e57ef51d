import { setImmediate as nextTick } from 'node:timers/promises'
import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import { Clock } from '../support/clock.js'
import { expectError } from '../support/errors.js'
import { latch } from './support/latch.js'
import { type Columns, type Context, memory, start } from './support/site.js'

interface Item {
  qty: number
  tags?: string[]
}

const cartOf = (ctx: Context): Item[] => ctx.session.cart as Item[]

/** A request to a site whose session has a cart. It is answered, and its response has ended. */
async function answered(act: (ctx: Context) => unknown, backend = memory()) {
  const ended = latch<Context>()
  const site = await start(
    {
      '/login': (ctx) => {
        Object.assign(ctx.session, { userId: 1, seenAt: new Date(0), cart: [{ qty: 1, tags: ['a'] }], prefs: { a: 1 } })
      },
      '/act': (ctx) => {
        ctx.res.once('close', () => ended.open(ctx))
        return act(ctx)
      },
      '/': (ctx) => {
        ctx.body = { cart: ctx.session.cart, extra: ctx.session.extra }
      },
    },
    {},
    backend,
  )
  const visitor = site.client()
  await visitor.json('/login')
  const status = await visitor.status('/act')
  const ctx = await ended.promise
  await nextTick()
  return { ...site, visitor, status, ctx }
}

const isCommitted = async (errors: unknown[]): Promise<void> => {
  expect(errors).to.have.length(1)
  await expectError('SESSION_COMMITTED', () => Promise.reject(errors[0]))
}

describe('a value that was read before the commit', () => {
  const changes: Readonly<Record<string, (ctx: Context) => unknown>> = {
    'in a complete response': (ctx) => {
      const cart = cartOf(ctx)
      ctx.res.once('finish', () => cart.push({ qty: 2 }))
    },
    'of a column': (ctx) => {
      const { seenAt } = ctx.session
      ctx.res.once('finish', () => seenAt?.setFullYear(2024))
    },
    'that was set': (ctx) => {
      const extra: number[] = []
      ctx.session.extra = extra
      ctx.res.once('finish', () => extra.push(1))
    },
    'of an answer with 404': (ctx) => {
      const cart = cartOf(ctx)
      ctx.res.once('finish', () => cart.pop())
      ctx.throw(404)
    },
    'out of update()': async (ctx) => {
      let cart: Item[] = []
      await ctx.session.update((session) => {
        cart = session.cart as Item[]
      })
      ctx.res.once('finish', () => cart.pop())
    },
  }
  for (const [name, change] of Object.entries(changes)) {
    it(`is reported if it is changed before the response ends: ${name}`, async () => {
      const { errors, visitor } = await answered(change)
      await isCommitted(errors.filter((error) => (error as { status: number }).status !== 404))
      expect(await visitor.json('/')).to.deep.include({ cart: [{ qty: 1, tags: ['a'] }] })
    })
  }

  it('is reported also if another request had replaced it', async () => {
    const backend = memory()
    const elsewhere = new SessionManager<Columns>({ backend, cleanup: false, now: new Clock().now })
    const { errors } = await answered(async (ctx) => {
      const cart = cartOf(ctx)
      await elsewhere.set(ctx.session.id, { cart: [] })
      ctx.session.extra = 1
      await ctx.session.save()
      expect(cartOf(ctx)).to.deep.equal([])
      ctx.res.once('finish', () => cart.push({ qty: 2 }))
    }, backend)
    await isCommitted(errors)
  })

  it('is not reported where the changes of the request are dropped, or it is not changed', async () => {
    const dropped = await answered((ctx) => {
      const cart = cartOf(ctx)
      cart.push({ qty: 2 })
      ctx.res.once('finish', () => cart.push({ qty: 3 }))
      ctx.status = 500
    })
    expect(dropped.errors).to.deep.equal([])
    expect(await dropped.visitor.json('/')).to.deep.include({ cart: [{ qty: 1, tags: ['a'] }] })
    const read = await answered((ctx) => {
      cartOf(ctx).push({ qty: 2 })
      ctx.body = ctx.session
    })
    expect(read.errors).to.deep.equal([])
  })

  it('is the affair of the application when the response has ended: nothing of it is stored', async () => {
    let cart: Item[] = []
    const { ctx, errors, visitor } = await answered((ctx) => {
      cart = cartOf(ctx)
      cart[0]?.tags?.push('b')
    })
    cart.push({ qty: 2 })
    cart[0]?.tags?.push('c')
    await expectError('SESSION_COMMITTED', () => cartOf(ctx).push({ qty: 2 }))
    await expectError('SESSION_COMMITTED', () => cartOf(ctx)[0]?.tags?.push('c'))
    await expectError('SESSION_COMMITTED', () => Object.assign(cartOf(ctx)[0] ?? {}, { qty: 2 }))
    const all = ctx.session.toJSON() as { cart: Item[] }
    await expectError('SESSION_COMMITTED', () => all.cart.push({ qty: 2 }))
    expect(errors).to.deep.equal([])
    expect(await visitor.json('/')).to.deep.include({ cart: [{ qty: 1, tags: ['a', 'b'] }] })
  })

  it('is changed by update() when the response has ended', async () => {
    const { ctx, errors, visitor } = await answered((ctx) => cartOf(ctx))
    for (const round of ['first', 'second']) {
      let cart: Item[] = []
      await ctx.session.update((session) => {
        cart = session.cart as Item[]
        cart[0]?.tags?.push(round)
      })
      cart.pop()
      expect(cartOf(ctx)[0]?.tags).to.include(round)
      await expectError('SESSION_COMMITTED', () => cartOf(ctx).pop())
    }
    expect(errors).to.deep.equal([])
    expect(await visitor.json('/')).to.deep.include({ cart: [{ qty: 1, tags: ['a', 'first', 'second'] }] })
  })
})

describe('a request that gets no object from the session', () => {
  it('does not listen for the end of its response', async () => {
    const counts: number[] = []
    const listening = (ctx: Context) => ctx.res.listenerCount('close')
    for (const read of [(ctx: Context) => ctx.session.userId, (ctx: Context) => ctx.session.cart, () => {}]) {
      await answered((ctx) => {
        read(ctx)
        const before = listening(ctx)
        ctx.res.once('finish', () => counts.push(listening(ctx) - before))
      })
    }
    const [scalar, object, nothing] = counts
    expect(scalar).to.equal(nothing)
    expect(object).to.equal(Number(nothing) + 1)
  })
})

describe('a response that has ended before the commit', () => {
  it('reports nothing', async () => {
    const committed = latch()
    const { errors } = await answered(async (ctx) => {
      cartOf(ctx)
      ctx.respond = false
      ctx.res.end('by hand')
      await new Promise((resolve) => ctx.res.once('close', resolve))
      setImmediate(committed.open)
    })
    await committed.promise
    await nextTick()
    expect(errors).to.deep.equal([])
  })
})
