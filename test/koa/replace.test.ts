import { expect } from 'chai'
import { expectError } from '../support/errors.js'
import { type Context, start } from './support/site.js'

async function afterwards(replace: (ctx: Context) => unknown): Promise<unknown> {
  const { client } = await start({
    '/begin': (ctx) => {
      Object.assign(ctx.session, { userId: 1, label: 'guest', cart: ['book'], views: 3 })
    },
    '/replace': replace,
    '/': (ctx) => {
      ctx.body = ctx.session
    },
  })
  const visitor = client()
  await visitor.json('/begin')
  const { id } = visitor
  await visitor.json('/replace')
  expect(visitor.id).to.equal(id)
  return visitor.json('/')
}

const untouched = { userId: 1, label: 'guest', seenAt: null, cart: ['book'], views: 3 }

describe('ctx.session = an object', () => {
  it('replaces data and columns', async () => {
    const session = await afterwards((ctx) => {
      ctx.session = { userId: 2, theme: 'dark' }
    })
    expect(session).to.deep.equal({ userId: 2, label: null, seenAt: null, theme: 'dark' })
  })

  it('empties the session, but does not end it', async () => {
    const session = await afterwards((ctx) => {
      ctx.session = {}
    })
    expect(session).to.deep.equal({ userId: null, label: null, seenAt: null })
  })

  it('changes nothing with a copy of the session, or with itself', async () => {
    const copied = await afterwards((ctx) => {
      ctx.session = { ...ctx.session }
    })
    expect(copied).to.deep.equal(untouched)
    const same = await afterwards((ctx) => {
      const { session } = ctx
      ctx.session = session
    })
    expect(same).to.deep.equal(untouched)
  })

  it('changes a part with a copy of the session', async () => {
    const session = await afterwards((ctx) => {
      const { cart: _, ...rest } = ctx.session
      ctx.session = { ...rest, views: 4 }
    })
    expect(session).to.deep.equal({ userId: 1, label: 'guest', seenAt: null, views: 4 })
  })

  it('takes an object without a prototype', async () => {
    const session = await afterwards((ctx) => {
      ctx.session = Object.assign(Object.create(null), { theme: 'dark' })
    })
    expect(session).to.deep.equal({ userId: null, label: null, seenAt: null, theme: 'dark' })
  })
})

describe('ctx.session = something else', () => {
  const others: Readonly<Record<string, unknown>> = {
    'an array': ['book'],
    'a string': 'book',
    'a number': 5,
    'a boolean': false,
    undefined: undefined,
    'a function': () => ({}),
    'a Map': new Map([['userId', 2]]),
    'a Date': new Date(0),
    'a promise': Promise.resolve({}),
  }
  for (const [kind, value] of Object.entries(others)) {
    it(`is an error that changes nothing: ${kind}`, async () => {
      const session = await afterwards(async (ctx) => {
        const error = await expectError('DATA_NOT_SERIALIZABLE', () => Reflect.set(ctx, 'session', value))
        expect(error.message).to.contain('ctx.session')
      })
      expect(session).to.deep.equal(untouched)
    })
  }

  it('is an error that changes nothing: an object that holds a function or a reserved name', async () => {
    const session = await afterwards(async (ctx) => {
      await expectError('DATA_NOT_SERIALIZABLE', () => Reflect.set(ctx, 'session', { views: 1, run: () => {} }))
      await expectError('NAME_RESERVED', () => Reflect.set(ctx, 'session', { views: 1, id: 'x' }))
    })
    expect(session).to.deep.equal(untouched)
  })
})
