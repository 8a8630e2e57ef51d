import { expect } from 'chai'
import { momentOfPostgresText, momentOfText } from '../../src/model/moment-text.js'

const zoned = [
  '2026-11-28 23:41:07.123+00',
  '2026-11-28 23:41:07+00',
  '2026-11-28 23:41:07.1+00',
  '2026-11-28 23:41:07.123999+00',
  '1969-12-31 23:59:59.5+00',
  '0099-01-01 00:00:00+00',
  '12026-11-28 23:41:07.123+00',
  '0044-03-15 00:00:00+00 BC',
  '2026-11-28 23:41:07.123+05:30',
  'infinity',
  '-infinity',
]

describe('a date that PostgreSQL has written as text', () => {
  for (const text of zoned) {
    it(`is the moment that the general parser reads: ${text}`, () => {
      expect(momentOfPostgresText(text)).to.equal(momentOfText(text))
    })
  }

  it('is in the time zone of the process without an offset', () => {
    expect(momentOfPostgresText('2026-11-28 23:41:07.123')).to.equal(new Date(2026, 10, 28, 23, 41, 7, 123).getTime())
  })

  for (const text of ['28.11.2026 23:41:07 UTC', '2026-11-28 23:4x:07+00', '2026-11-28', '', 'nonsense+00']) {
    it(`is never guessed in another form: ${JSON.stringify(text)}`, () => {
      expect(momentOfPostgresText(text)).to.be.NaN
    })
  }
})
