import { expect } from 'chai'
import { toMilliseconds } from '../../src/core/duration.js'
import { expectError } from '../support/errors.js'

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
  ]) {
    it(`are not ${JSON.stringify(wrong)} (${typeof wrong})`, async () => {
      const error = await expectError('OPTION_INVALID', () => toMilliseconds('maxAge', wrong))
      expect(error.message).to.contain('maxAge')
    })
  }
})
