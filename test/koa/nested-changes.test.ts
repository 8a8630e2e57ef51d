import { expect } from 'chai'
import { type Context, start } from './support/site.js'

interface Item {
  name: string
  qty: number
}

const items = (ctx: Context): Item[] => ctx.session.cart as Item[]

const changes: Readonly<Record<string, { act: (ctx: Context) => unknown; cart: unknown }>> = {
  'a field is set': {
    act: (ctx) => {
      for (const item of items(ctx)) item.qty = 2
    },
    cart: [{ name: 'book', qty: 2 }],
  },
  'a field is deleted': {
    act: (ctx) => items(ctx).map((item) => Reflect.deleteProperty(item, 'qty')),
    cart: [{ name: 'book' }],
  },
  'an item is pushed': {
    act: (ctx) => items(ctx).push({ name: 'pen', qty: 1 }),
    cart: [
      { name: 'book', qty: 1 },
      { name: 'pen', qty: 1 },
    ],
  },
  'an item is removed': { act: (ctx) => items(ctx).pop(), cart: [] },
}

async function begun(act: (ctx: Context) => unknown) {
  const site = await start({
    '/begin': (ctx) => {
      ctx.session.cart = [{ name: 'book', qty: 1 }]
      ctx.session.seenAt = new Date(0)
    },
    '/act': act,
    '/': (ctx) => {
      ctx.body = { cart: ctx.session.cart, seenAt: ctx.session.seenAt }
    },
  })
  const visitor = site.client()
  await visitor.json('/begin')
  site.backend.takeCalls()
  return { ...site, visitor }
}

describe('a change inside of a value is stored', () => {
  for (const [name, { act, cart }] of Object.entries(changes)) {
    it(name, async () => {
      const { backend, visitor } = await begun(act)
      await visitor.json('/act')
      expect(backend.takeCalls()).to.deep.equal(['find', 'update'])
      expect(await visitor.json('/')).to.deep.include({ cart })
    })
  }

  it('the date of a column is moved', async () => {
    const { backend, visitor } = await begun((ctx) => ctx.session.seenAt?.setFullYear(2024))
    await visitor.json('/act')
    expect(backend.takeCalls()).to.deep.equal(['find', 'update'])
    expect(await visitor.json('/')).to.include({ seenAt: '2024-01-01T00:00:00.000Z' })
  })

  it('also after a save() in the same request', async () => {
    const { visitor } = await begun(async (ctx) => {
      items(ctx).push({ name: 'pen', qty: 1 })
      await ctx.session.save()
      items(ctx).pop()
      items(ctx).pop()
    })
    await visitor.json('/act')
    expect(await visitor.json('/')).to.deep.include({ cart: [] })
  })
})

describe('nothing is written', () => {
  const reads: Readonly<Record<string, (ctx: Context) => unknown>> = {
    'after a read': (ctx) => JSON.stringify(ctx.session),
    'when a value is set to what it is': (ctx) => {
      ctx.session.cart = [{ qty: 1, name: 'book' }]
      ctx.session.seenAt = new Date(0)
      ctx.session.userId = null
    },
    'when a change is taken back': (ctx) => {
      items(ctx).push({ name: 'pen', qty: 1 })
      items(ctx).pop()
    },
  }
  for (const [name, act] of Object.entries(reads)) {
    it(name, async () => {
      const { backend, visitor } = await begun(act)
      await visitor.json('/act')
      expect(backend.takeCalls()).to.deep.equal(['find'])
    })
  }
})
