import { expect } from 'chai'
import { meeting } from './support/latch.js'
import { type Context, type Handlers, type Options, start } from './support/site.js'

/** Runs the changes in requests that have all read the session before any of them writes, and shows what is left. */
async function together(changes: ReadonlyArray<(ctx: Context) => unknown>, options: Options = {}): Promise<unknown> {
  const meet = meeting(changes.length)
  const parallel: Handlers = Object.fromEntries(
    changes.map((change, index) => [
      `/${index}`,
      async (ctx: Context) => {
        expect(ctx.session.userId).to.equal(1)
        await meet()
        await change(ctx)
      },
    ]),
  )
  const site = await start(
    {
      ...parallel,
      '/begin': (ctx) => {
        Object.assign(ctx.session, { userId: 1, cart: ['book'], old: true })
      },
      '/': (ctx) => {
        ctx.body = ctx.session
      },
    },
    options,
  )
  const visitor = site.client()
  await visitor.json('/begin')
  await Promise.all(changes.map((_, index) => visitor.json(`/${index}`)))
  expect(await site.backend.row()).to.have.property('version', changes.length + 1)
  return visitor.json('/')
}

const set = (name: string, value: unknown) => (ctx: Context) => {
  ctx.session[name] = value
}

const base = { userId: 1, label: null, seenAt: null, cart: ['book'], old: true }

describe('requests that run in parallel', () => {
  it('all win, if they write different keys', async () => {
    const session = await together([set('a', 1), set('b', 2), set('c', 3), set('d', 4)])
    expect(session).to.deep.equal({ ...base, a: 1, b: 2, c: 3, d: 4 })
  })

  it('all win, if they write different columns, or a column and a key', async () => {
    const session = await together([set('userId', 2), set('label', 'x'), set('views', 3)])
    expect(session).to.deep.equal({ ...base, userId: 2, label: 'x', views: 3 })
  })

  it('all win, if one deletes what another does not touch', async () => {
    const session = await together([
      set('a', 1),
      (ctx) => {
        delete ctx.session.old
      },
    ])
    expect(session).to.deep.equal({ userId: 1, label: null, seenAt: null, cart: ['book'], a: 1 })
  })

  it('leave one of the values, if they write the same key', async () => {
    expect(await together([set('a', 1), set('a', 2)]))
      .to.have.property('a')
      .that.is.oneOf([1, 2])
  })

  it('are settled by merge, if they write the same key', async () => {
    const seen: unknown[] = []
    const merge = {
      cart: (before: unknown, mine: unknown, theirs: unknown): unknown => {
        seen.push(before)
        return [...new Set([...(theirs as string[]), ...(mine as string[])])].sort()
      },
    }
    const session = await together([set('cart', ['book', 'pen']), set('cart', ['book', 'cup'])], { merge })
    expect(session).to.deep.include({ cart: ['book', 'cup', 'pen'] })
    expect(seen).to.deep.equal([['book']])
  })

  it('never ask merge about a key that only one of them wrote', async () => {
    const merge = {
      cart: (): never => {
        throw new Error('asked')
      },
    }
    expect(await together([set('cart', []), set('a', 1)], { merge })).to.deep.include({ cart: [], a: 1 })
  })
})
