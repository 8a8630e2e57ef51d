import { inspect } from 'node:util'
import { expect } from 'chai'
import { toMilliseconds } from '../../../src/core/options/duration.js'
import { expectError } from '../../support/errors.js'

const cycle: Record<string, unknown> = {}
cycle.itself = cycle

describe('durations', () => {
  it('are milliseconds, or a number with a unit', () => {
    expect(toMilliseconds('maxAge', 1500)).to.equal(1500)
    expect(toMilliseconds('maxAge', '14d')).to.equal(14 * 86_400_000)
    expect(toMilliseconds('maxAge', '1.5 hours')).to.equal(5_400_000)
  })

  for (const wrong of [
    0,
    -1,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e15,
    '',
    '0s',
    '-1d',
    '14 fortnights',
    'soon',
    '200y',
    null,
    {},
    new Date(),
    [],
    true,
    10n,
    cycle,
    Symbol('day'),
    Object.create(null),
    'x'.repeat(300),
  ]) {
    it(`are not ${inspect(wrong)} (${typeof wrong})`, async () => {
      const error = await expectError('OPTION_INVALID', () => toMilliseconds('maxAge', wrong))
      expect(error.message).to.contain('maxAge')
    })
  }

  it('are named in the error as they are', async () => {
    for (const [wrong, text] of [
      [Number.NaN, 'NaN'],
      [Number.POSITIVE_INFINITY, 'Infinity'],
      [10n, '10n'],
      ['soon', '"soon"'],
      [null, 'null'],
      [{ days: 1 }, '{ days: 1 }'],
    ]) {
      const error = await expectError('OPTION_INVALID', () => toMilliseconds('maxAge', wrong))
      expect(error.message).to.contain(`maxAge is ${text},`)
    }
  })
})
