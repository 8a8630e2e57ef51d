import { expect } from 'chai'
import fc from 'fast-check'
import { describe, it } from 'mocha'
import { fromJsonColumn, toJsonColumn } from '../../../src/core/codec/json-column.js'
import { decodeRow, encodeData } from '../../../src/core/codec/session-meta.js'

/** The JSON as a column of the type jsonb returns it: shorter names first, with blanks. */
function asJsonb(json: string): string {
  return JSON.stringify(sorted(JSON.parse(json)), undefined, 1).replaceAll(/\n */g, ' ')
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries = Object.entries(value).map(([name, inner]) => [name, sorted(inner)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)))
}

function decoded(data: string) {
  return decodeRow({ id: '', data, expires: new Date(0), createdAt: null, version: null, columns: {} })
}

describe('JSON columns', () => {
  it('leave the data of other programs as it is', () => {
    for (const json of ['{"a":1}', '{ "a": 12345678901234567890 }', '{}']) {
      expect(fromJsonColumn(json)).to.equal(json)
      expect(toJsonColumn(json)).to.equal(json)
    }
  })

  it('keep the keys of the data beside the metadata', () => {
    const json = toJsonColumn(encodeData({ maxAge: 5 }, '{"userId":1}') as string)
    expect(JSON.parse(json)).to.deep.equal({ $session: { maxAge: 5 }, userId: 1 })
    expect(fromJsonColumn('{"userId": 1, "$session": {"maxAge": 5}}')).to.match(
      /^\{"\$session":\{"maxAge": 5\},"userId": 1/,
    )
  })

  it('hold texts that are no object', () => {
    for (const text of ['', 'AbCd==', '[1]', '"x"', 'null', '{"a":"\\u0000"}', '{"a":"\\ud800"}', '{broken']) {
      for (const meta of [{}, { key: 'k' }]) {
        const data = encodeData(meta, text) as string
        const json = toJsonColumn(data)
        expect(JSON.parse(json)).to.be.an('object')
        expect(json).not.to.match(/(?<!\\)\\u(0000|d8)/)
        expect(fromJsonColumn(json)).to.equal(data)
      }
    }
  })

  it('never take data for metadata', () => {
    const names = fc.constantFrom('a', '$session', '$$session', '$text', '$$$text', '$', 'expires')
    const values = fc.oneof(fc.jsonValue(), fc.record({ maxAge: fc.nat(), trace: fc.string() }))
    const objects = fc.dictionary(names, values)
    const metas = fc.constantFrom({}, { maxAge: 7 }, { former: ['x', 'y'], formerAt: 1 })
    fc.assert(
      fc.property(objects, metas, (object, meta) => {
        const data = encodeData(meta, JSON.stringify(object)) as string
        const found = fromJsonColumn(asJsonb(toJsonColumn(data)))
        const row = decoded(found)
        expect(row.meta).to.deep.equal(decoded(data).meta)
        expect(JSON.parse(row.data as string)).to.deep.equal(JSON.parse(JSON.stringify(object)))
      }),
    )
  })
})
