import { expect } from 'chai'
import { nextSees } from './support/next-sees.js'

describe('a key of the session', () => {
  const keys = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'valueOf',
    'then',
    'name',
    'user id',
    '0',
    '-1',
    '1e3',
    '',
    'naïve 漢字 👩‍👩‍👧',
    'x'.repeat(5000),
    'data',
    'version',
    'expired',
  ]
  for (const key of keys) {
    it(`survives, and is absent before: ${key.slice(0, 20) || 'the empty one'}`, async () => {
      const seen = await nextSees(
        (ctx) => {
          expect(ctx.session[key]).to.equal(undefined)
          expect(key in ctx.session).to.equal(false)
          ctx.session[key] = { deep: 0 }
        },
        (ctx) => [ctx.session[key], key in ctx.session, Object.keys(ctx.session).includes(key)],
      )
      expect(seen).to.deep.equal([{ deep: 0 }, true, true])
    })
  }

  it('may be one of 10,000', async () => {
    const seen = await nextSees(
      (ctx) => {
        for (let key = 0; key < 10_000; key++) ctx.session[`key${key}`] = key
      },
      (ctx) => [Object.keys(ctx.session).length, ctx.session.key0, ctx.session.key9999],
    )
    expect(seen).to.deep.equal([10_003, 0, 9999])
  })

  it('can be deleted', async () => {
    const seen = await nextSees(
      async (ctx) => {
        Object.assign(ctx.session, { a: 1, b: 2, userId: 3 })
        await ctx.session.save()
        delete ctx.session.a
        Reflect.deleteProperty(ctx.session, 'userId')
      },
      (ctx) => ctx.session,
    )
    expect(seen).to.deep.equal({ b: 2, userId: null, label: null, seenAt: null })
  })

  it('never reaches the prototype of other objects', async () => {
    await nextSees(
      (ctx) => {
        Object.assign(ctx.session, JSON.parse('{"__proto__": {"polluted": true}, "a": {"__proto__": {"polluted": 1}}}'))
      },
      (ctx) => ctx.session,
    )
    expect(Reflect.get({}, 'polluted')).to.equal(undefined)
  })
})
