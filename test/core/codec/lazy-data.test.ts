import { expect } from 'chai'
import { LazyData } from '../../../src/core/codec/lazy-data.js'
import { jsonSerializer, type Serializer } from '../../../src/core/codec/serializer.js'
import { expectError } from '../../support/errors.js'

const lazy = (text: string) => new LazyData(jsonSerializer, text)

/** Texts that JSON.parse accepts, and in which members are easily confused. */
const texts: readonly string[] = [
  '{}',
  ' { } ',
  '{"a":1}',
  ' {\n "a" : 1 ,\t"b" : [ 1 , { "a" : 2 } ] } ',
  '{"a":1,"b":2,"a":3}',
  '{"a":"}","b":"{\\"a\\":5","c":"\\\\"}',
  '{"\\u0061":1,"b\\"":2,"":3}',
  '{"a":"\\u0061","b":null}',
  '{"__proto__":{"x":1},"constructor":1,"toString":2}',
  '{"2":"two","1":"one","b":0}',
  '{"a":true,"ab":false,"b":-1.5e3}',
]

describe('the data of a session', () => {
  for (const text of texts) {
    it(`has value by value what JSON.parse reads: ${text}`, () => {
      const parsed = JSON.parse(text) as Record<string, unknown>
      for (const name of [...Object.keys(parsed), 'a', 'b', 'ab', 'x', '']) {
        const own = Object.hasOwn(parsed, name)
        expect(lazy(text).get(name), name).to.deep.equal(own ? parsed[name] : undefined)
        expect(lazy(text).has(name), name).to.equal(own)
      }
      expect(Object.entries(lazy(text).all())).to.deep.equal(Object.entries(parsed))
    })
  }

  it('gives one object for one value, also after all are read', () => {
    const data = lazy('{"a":{"n":1},"b":{}}')
    const a = data.get('a')
    expect(data.get('a')).to.equal(a)
    expect(data.all().a).to.equal(a)
    expect(data.get('a')).to.equal(a)
    expect(data.get('b')).to.equal(data.all().b)
  })

  it('has what was set and deleted, before and after all are read', () => {
    const data = lazy('{"a":1,"b":2}')
    data.set('a', 3)
    data.set('c', 4)
    expect([data.get('a'), data.has('c'), data.touched]).to.deep.equal([3, true, ['a', 'c']])
    data.delete('b')
    expect([data.has('b'), data.get('b'), data.touched]).to.deep.equal([false, undefined, undefined])
    expect(data.all()).to.deep.equal(Object.assign(Object.create(null), { a: 3, c: 4 }))
  })

  it('refuses a value that is no JSON when it is read, and gives the others', async () => {
    const data = lazy('{"a":1,"b":nonsense,"c":2}')
    expect([data.get('a'), data.get('c'), data.has('b')]).to.deep.equal([1, 2, true])
    await expectError('DATA_CORRUPT', () => data.get('b'))
    await expectError('DATA_CORRUPT', () => data.all())
  })

  const broken = [
    '',
    'x',
    '[]',
    '1',
    'null',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,',
    '{"a":1,}',
    '{,}',
    '{"a" 1}',
    '{a:1}',
  ]
  for (const text of [...broken, '{"a":1}x', '{"a":"', '{"a":[1}', '{"\\x":1}', '{"a":1 2}']) {
    it(`is refused if it is no complete object: ${text}`, async () => {
      await expectError('DATA_CORRUPT', () => lazy(text).get('a'))
      await expectError('DATA_CORRUPT', () => lazy(text).has('a'))
      await expectError('DATA_CORRUPT', () => lazy(text).all())
    })
  }

  it('of another serializer is read as a whole', () => {
    const serializer: Serializer = { serialize: () => '', deserialize: (text) => ({ text }) }
    const data = new LazyData(serializer, 'anything')
    expect([data.get('text'), data.touched]).to.deep.equal(['anything', undefined])
  })
})
