import { expect } from 'chai'
import { toDate } from '../../src/model/dates.js'
import { beginsWithYear, isZoneless } from '../../src/model/moment-text.js'

const noon = Date.parse('2026-03-01T12:00:00.000Z')
const iso = new Date(noon).toISOString()
const refusing = {
  valueOf() {
    throw new TypeError('as those of Temporal do')
  },
}

describe('the moment that a column holds', () => {
  const read: [unknown, number][] = [
    [new Date(noon), noon],
    [noon, noon],
    [BigInt(noon), noon],
    [String(noon), noon],
    ['-5', -5],
    [{ valueOf: () => noon }, noon],
    [{ valueOf: () => BigInt(noon) }, noon],
    [{ ...refusing, epochMilliseconds: noon }, noon],
    [iso, noon],
    ['2026-03-01 12:00:00+00', noon],
    ['2026-03-01 12:00:00.29+00', noon + 290],
    ['2026-03-01 12:00:00.123999+00', noon + 123],
    ['2026-03-01 12:00:00.000 +00:00', noon],
    ['2026-03-01 17:30:00+05:30', noon],
    ['2026-03-01 07:00:00-05', noon],
    ['2026-03-01 07:03:58-04:56:02', noon],
    ['0044-03-15 12:00:00+00 BC', Date.parse('-000043-03-15T12:00:00Z')],
    ['0050-01-01 00:00:00+00', Date.parse('0050-01-01T00:00:00Z')],
    ['12026-03-01 12:00:00+00', Date.parse('+012026-03-01T12:00:00Z')],
    ['+012026-03-01T12:00:00Z', Date.parse('+012026-03-01T12:00:00Z')],
    [Number.POSITIVE_INFINITY, 8.64e15],
    [Number.NEGATIVE_INFINITY, -8.64e15],
    ['infinity', 8.64e15],
    ['-infinity', -8.64e15],
  ]
  for (const [value, moment] of read) {
    it(`is read: ${String(typeof value === 'object' ? JSON.stringify(value) : value)}`, () => {
      expect(toDate(value).getTime()).to.equal(moment)
    })
  }

  const unreadable: Record<string, unknown> = {
    NULL: null,
    'nothing at all': undefined,
    'an invalid date': new Date(Number.NaN),
    'no number': Number.NaN,
    'a number beyond dates': 8.64e15 + 1,
    'a text of a number beyond dates': '9000000000000000000',
    'a year beyond dates': '294276-12-31 00:00:00+00',
    'a German date': '01.02.2026 12:00:00 UTC',
    'a date of SQL': '01/02/2026 12:00:00 UTC',
    'a date of POSTGRES': 'Sun Mar 01 12:00:00 2026 UTC',
    'a date of POSTGRES without a time': '01-02-2026',
    'a time without a zone': '2026-03-01 12:00:00',
    'a day that no month has': '2026-02-30T00:00:00Z',
    'a month that no year has': '2026-13-01T00:00:00Z',
    'a zero date': '0000-00-00 00:00:00',
    'a word': 'never',
    'an empty text': '',
    'an invalid date of luxon': { valueOf: () => Number.NaN },
    'a date that refuses to be a number': refusing,
    'an object that is no date': { year: 2026 },
    'an object without a prototype': Object.create(null),
    'a boolean': true,
    'a list': [noon],
  }
  for (const [name, value] of Object.entries(unreadable)) {
    it(`is unknown, and never guessed: ${name}`, () => {
      expect(toDate(value).getTime()).to.be.NaN
    })
  }
})

describe('a text that JavaScript would take for an American date', () => {
  it('is told by what it begins with', () => {
    for (const text of ['2026-03-01 12:00:00', '12026-03-01', '-000043-03-15', '1772366400000', '-5'])
      expect(beginsWithYear(text), text).to.equal(true)
    for (const text of ['01/02/2026', '01.02.2026 12:00', '01-02-2026', 'Sun Mar 01 2026', 'infinity', ''])
      expect(beginsWithYear(text), text).to.equal(false)
  })

  it('is no time without a zone, as MySQL and MariaDB write them', () => {
    expect(isZoneless('2026-03-01 12:00:00.123')).to.equal(true)
    for (const value of ['2026-03-01 12:00:00Z', '2026-03-01', '01/02/2026 12:00:00', noon, null])
      expect(isZoneless(value)).to.equal(false)
  })
})
