import { deepStrictEqual } from 'node:assert/strict'
import { expect } from 'chai'
import fc from 'fast-check'
import { decodeRow, encodeData, type SessionMeta } from '../../../src/core/codec/session-meta.js'
import { runs } from '../support/runs.js'

const time = fc.nat({ max: 4102444800000 })

const someMeta: fc.Arbitrary<SessionMeta> = fc.record(
  {
    maxAge: fc.nat(),
    authenticatedAt: time,
    successor: fc.base64String().map((text) => text.replaceAll('=', '').replaceAll('+', '-').replaceAll('/', '_')),
    replacedAt: time,
    columns: fc.base64String(),
    lock: fc.constant('x'),
  },
  { requiredKeys: [], noNullPrototype: true },
)

const meta = fc.oneof({ weight: 3, arbitrary: someMeta }, fc.constant<SessionMeta>({}))

const beginnings = [
  '{"$session":',
  '{"$session":{}',
  '{"$session":{}}',
  '{"$session":{"maxAge":1},',
  '{}',
  '{',
  '}',
  ',',
  '',
]

const anyText = fc.oneof(
  fc.constantFrom(...beginnings),
  fc.tuple(fc.constantFrom(...beginnings), fc.string({ unit: 'binary' })).map(([start, rest]) => start + rest),
  fc.json(),
  fc.json().map((text) => `{"$session":${text}}`),
)

const key = fc.oneof(fc.string(), fc.constantFrom('$session', '__proto__', 'constructor', 'toString', 'then', ''))
const object = fc.dictionary(key, fc.jsonValue())

function decode(data: string | null) {
  return decodeRow({ id: 'id', data, expires: new Date(0), createdAt: null, version: 1, columns: {} })
}

describe('the column data', () => {
  it('gives back any text, beside any meta data', () => {
    fc.assert(
      fc.property(meta, anyText, (before, text) => {
        const { meta, data } = decode(encodeData(before, text))
        deepStrictEqual([{ ...meta }, data], [before, text])
      }),
      runs(2000),
    )
  })

  it('gives back that there is no text, which has no room for meta data', () => {
    fc.assert(
      fc.property(meta, (before) => {
        const { meta, data } = decode(encodeData(before, null))
        deepStrictEqual([meta, data], [{}, null])
      }),
      runs(200),
    )
  })

  it('stays JSON that has the same keys, and the meta data first', () => {
    fc.assert(
      fc.property(meta, object, fc.constantFrom(0, 2), (before, value, indent) => {
        const text = JSON.stringify(value, null, indent)
        const parsed = JSON.parse(encodeData(before, text) ?? '')
        const hasOwn = Object.hasOwn(value, '$session')
        deepStrictEqual({ ...parsed, $session: 0 }, { ...JSON.parse(text), $session: 0 })
        if (!hasOwn && Object.keys(before).length > 0) {
          deepStrictEqual([Object.keys(parsed).includes('$session'), parsed.$session], [true, before])
        }
      }),
      runs(1000),
    )
  })

  it('is the text itself, where there are no meta data and nothing could be mistaken for some', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        fc.pre(!text.startsWith('{"$session":'))
        expect(encodeData({}, text)).to.equal(text)
      }),
      runs(500),
    )
  })

  it('never makes reading a row of other libraries fail', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { meta, data } = decode(text)
        if (Object.keys(meta).length === 0 && !text.startsWith('{"$session":')) expect(data).to.equal(text)
      }),
      runs(500),
    )
  })
})
