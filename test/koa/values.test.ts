import { expect } from 'chai'
import { nextSees } from './support/next-sees.js'
import { start } from './support/site.js'

const values: Readonly<Record<string, unknown>> = {
  zero: 0,
  false: false,
  'an empty string': '',
  null: null,
  'a negative zero': 0,
  'a very large number': Number.MAX_VALUE,
  unicode: 'naïve café 漢字 👩‍👩‍👧 \u0000 \u2028',
  'a lone surrogate': '\ud800',
  'an empty array': [],
  'an empty object': {},
  'a nested object': { a: [{ b: { c: [null, 0, false, ''] } }] },
}

describe('a value in the session', () => {
  for (const [kind, value] of Object.entries(values)) {
    it(`survives: ${kind}`, async () => {
      const seen = await nextSees(
        (ctx) => {
          ctx.session.value = value
        },
        (ctx) => ({ value: ctx.session.value, has: 'value' in ctx.session }),
      )
      expect(seen).to.deep.equal({ value, has: true })
    })
  }

  it('is removed by undefined', async () => {
    const seen = await nextSees(
      async (ctx) => {
        ctx.session.value = 1
        ctx.session.kept = true
        ctx.session.userId = 1
        await ctx.session.save()
        ctx.session.value = undefined
        Reflect.set(ctx.session, 'userId', undefined)
      },
      (ctx) => ({ has: 'value' in ctx.session, session: ctx.session }),
    )
    expect(seen).to.deep.equal({ has: false, session: { kept: true, userId: null, label: null, seenAt: null } })
  })
})

describe('a column of the session', () => {
  it('keeps its type', async () => {
    const date = new Date('2024-03-10T12:34:56.789Z')
    const seen = await nextSees(
      (ctx) => {
        Object.assign(ctx.session, { seenAt: date, userId: 0, label: '' })
      },
      ({ session }) => [session.seenAt instanceof Date, session.seenAt, session.userId, session.label],
    )
    expect(seen).to.deep.equal([true, date.toISOString(), 0, ''])
  })

  it('is not stored a second time in the data', async () => {
    const { backend, client } = await start({
      '/': (ctx) => {
        ctx.session.userId = 1
      },
    })
    await client().json('/')
    expect(await backend.row()).to.deep.include({ data: '{}', columns: { userId: 1, label: null, seenAt: null } })
  })
})
