import { expect } from 'chai'
import { noMeta } from '../../../src/core/codec/session-meta.js'
import { planWrite, type WritePlan, type WriteState } from '../../../src/core/session/plan-write.js'

/** In this order, a digit each: 1 is yes, 0 is no, and a dot is either. */
const facts = ['row', 'nextId', 'late', 'changed', 'meta', 'renew', 'isRenewalDue', 'wanted'] as const

/** What each combination of facts does. Every combination is in exactly one line. */
const table: readonly (readonly [pattern: string, plan: WritePlan])[] = [
  // row nextId late changed meta renew due wanted
  ['0 . . 0 . . . 0', 'none'],
  ['0 . . 1 . . . .', 'insert'],
  ['0 . . 0 . . . 1', 'insert'],
  ['1 1 0 . . . . .', 'rotate'],
  ['1 1 1 . . . . .', 'split'],
  ['1 0 0 1 . . . .', 'update'],
  ['1 0 0 0 1 . . .', 'update'],
  ['1 0 1 1 . . . .', 'forward'],
  ['1 0 1 0 1 . . .', 'forward'],
  ['1 0 0 0 0 1 . .', 'renew'],
  ['1 0 0 0 0 0 1 .', 'renew'],
  ['1 0 0 0 0 0 0 .', 'none'],
  ['1 0 1 0 0 . . .', 'none'],
]

describe('what writing a session does', () => {
  for (let bits = 0; bits < 2 ** facts.length; bits++) {
    const digits = bits.toString(2).padStart(facts.length, '0').split('')
    const matching = table.filter(([pattern]) => new RegExp(`^${pattern}$`).test(digits.join(' ')))
    const yes = facts.filter((_, index) => digits[index] === '1')
    it(`${matching[0]?.[1]}: ${yes.join(', ') || 'a new session'}`, () => {
      expect(matching).to.have.lengthOf(1)
      const is = (fact: (typeof facts)[number]): boolean => yes.includes(fact)
      const state: WriteState = {
        row: is('row') ? {} : undefined,
        nextId: is('nextId') ? 'next' : undefined,
        isForwarded: is('late'),
        meta: is('meta') ? { maxAge: 1 } : noMeta,
        renew: is('renew'),
        isRenewalDue: is('isRenewalDue'),
        wanted: is('wanted'),
      }
      const byName = new Map(is('changed') ? [['cart', { base: 1, mine: 2 }]] : [])
      expect(planWrite(state, { byName: byName as never })).to.equal(matching[0]?.[1])
    })
  }

  it('does not ask whether a renewal is due where something else is to be written', () => {
    const state = { row: {}, nextId: undefined, late: false, meta: { maxAge: 1 }, renew: false, wanted: false }
    const asking = Object.defineProperty(state, 'isRenewalDue', { get: () => expect.fail('asked') }) as unknown
    expect(planWrite(asking as WriteState, { byName: new Map() })).to.equal('update')
  })
})
