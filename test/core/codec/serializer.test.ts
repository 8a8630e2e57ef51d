import { expect } from 'chai'
import { deserialize, jsonSerializer, serialize } from '../../../src/core/codec/serializer.js'
import { expectError } from '../../support/errors.js'

const roundTrip = (data: Record<string, unknown>) => deserialize(jsonSerializer, serialize(jsonSerializer, data))

describe('the JSON serializer', () => {
  it('gives back plain values, falsy ones too', () => {
    const data = { zero: 0, no: false, empty: '', nothing: null, list: [1, [2]], nested: { a: { b: 'ż' } } }
    expect({ ...roundTrip(data) }).to.deep.equal(data)
  })

  it('keeps keys that are names of prototypes as data', () => {
    const back = roundTrip(JSON.parse('{"__proto__":{"admin":true},"constructor":1,"toString":2,"then":3}'))
    expect(Object.keys(back)).to.have.members(['__proto__', 'constructor', 'toString', 'then'])
    expect(Object.getPrototypeOf(back)).to.equal(null)
    expect(back.admin).to.equal(undefined)
  })

  it('writes what has toJSON as JSON does', () => {
    expect(roundTrip({ at: new Date(0) }).at).to.equal('1970-01-01T00:00:00.000Z')
  })

  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  const losses: [string, unknown][] = [
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a bigint', 1n],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a Map', new Map()],
    ['a Set', new Set()],
    ['binary data', new Uint8Array(1)],
    ['a cycle', cycle],
  ]
  for (const [name, value] of losses) {
    it(`refuses ${name}, also deep inside`, async () => {
      await expectError('DATA_NOT_SERIALIZABLE', () => serialize(jsonSerializer, { value }))
      const error = await expectError('DATA_NOT_SERIALIZABLE', () => serialize(jsonSerializer, { list: [{ value }] }))
      expect(error.cause).to.be.instanceOf(Error)
    })
  }

  for (const text of ['', '{', 'null', '1', '"x"', '[]', 'undefined']) {
    it(`takes ${JSON.stringify(text)} for corrupt`, () =>
      expectError('DATA_CORRUPT', () => deserialize(jsonSerializer, text)))
  }

  it('says so when a serializer of your own returns no string', async () => {
    const silent = { serialize: () => undefined as unknown as string, deserialize: () => ({}) }
    await expectError('DATA_NOT_SERIALIZABLE', () => serialize(silent, {}))
  })
})
