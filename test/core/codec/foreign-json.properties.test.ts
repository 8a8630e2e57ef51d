import assert from 'node:assert/strict'
import { expect } from 'chai'
import fc from 'fast-check'
import { jsonSerializer } from '../../../src/core/codec/serializer.js'
import { noMeta } from '../../../src/core/codec/session-meta.js'
import { Properties } from '../../../src/core/properties/properties.js'
import { runs } from '../support/runs.js'

const space = fc.stringMatching(/^[ \t\r\n]{0,2}$/)
const digits = fc.stringMatching(/^\d{1,30}$/)
const whole = fc.oneof(
  fc.constant('0'),
  digits.map((text) => `1${text}`),
)
const numbers = fc
  .tuple(
    fc.constantFrom('', '-'),
    whole,
    fc.option(digits, { nil: undefined }),
    fc.option(fc.constantFrom('E5', 'e+400', 'e-400', 'e0'), { nil: '' }),
  )
  .map(([sign, whole, fraction, exponent]) => sign + whole + (fraction === undefined ? '' : `.${fraction}`) + exponent)
const strings = fc
  .array(
    fc.oneof(
      fc.constantFrom('\\"', '\\\\', '\\u0061', '\\ud800', '\\/', '{', '}', '[', ']', ',', ':', '😀', 'a', '1e5'),
      fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text).slice(1, -1)),
    ),
    { maxLength: 4 },
  )
  .map((parts) => `"${parts.join('')}"`)
const names = fc.oneof(fc.constantFrom('"a"', '"\\u0061"', '"__proto__"', '"7"', '"3"', '"toString"', '""'), strings)

/** Texts of JSON, as any program may write it. */
const { value } = fc.letrec<{ value: string }>((tie) => {
  const spaced = fc.tuple(space, tie('value'), space).map((parts) => parts.join(''))
  const member = fc
    .tuple(space, names, space, spaced)
    .map(([before, name, after, of]) => `${before}${name}${after}:${of}`)
  return {
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom('true', 'null', '-0', '1.0'),
      numbers,
      strings,
      fc.array(spaced, { maxLength: 3 }).map((items) => `[${items.join()}]`),
      fc.array(member, { maxLength: 3 }).map((members) => `{${members.join()}}`),
    ),
  }
})

/** The parts of a member: white space, the name, a colon, the value, white space. */
const members = fc.array(fc.tuple(space, names, space, space, value, space), { maxLength: 6 })

const schema = {
  columns: new Map(),
  serializer: jsonSerializer,
  textOf: ({ data }: { data: string | null }) => data,
  emptyText: '{}',
  now: () => new Date(),
}

function propertiesOf(data: string): Properties {
  const row = { id: 'x', data, expires: new Date(), createdAt: null, version: 1, meta: noMeta, columns: {} }
  return new Properties(schema, row)
}

describe('any JSON of another program', () => {
  it('keeps the text of all keys but the one that is set or deleted', () => {
    const property = fc.property(members, fc.nat(), fc.boolean(), (parts, nth, isDeleted) => {
      const text = `{${parts.map(([a, name, b, c, value, d]) => `${a}${name}${b}:${c}${value}${d}`).join()}}`
      const nameAt = (index: number): string => JSON.parse(parts[index]?.[1] as string)
      const known = parts.length === 0 || nth % (parts.length + 1) === parts.length ? 'new' : nameAt(nth % parts.length)
      const name = known === 'id' || known === 'toJSON' ? 'new' : known
      const properties = propertiesOf(text)
      const before = JSON.parse(text) as Record<string, unknown>
      if (isDeleted) properties.remove(name)
      else properties.set(name, 'mine')
      const written = properties.changes().data ?? text
      let at = 0
      for (const [index, [, literal, b, c, value]] of parts.entries()) {
        if (nameAt(index) === name) continue
        const found = written.indexOf(`${literal}${b}:${c}${value}`, at)
        expect(found, `${text} became ${written}`).to.be.at.least(at)
        at = found + 1
      }
      const expected = new Map(Object.entries(before))
      if (isDeleted) expected.delete(name)
      else expected.set(name, 'mine')
      assert.deepStrictEqual(new Map(Object.entries(JSON.parse(written))), expected)
    })
    fc.assert(property, runs(1500))
  })

  it('keeps each number of a value in which something else has changed, or the write is refused', () => {
    const property = fc.property(fc.array(numbers, { maxLength: 5 }), (texts) => {
      const properties = propertiesOf(`{"list":[${texts.join()}]}`)
      ;(properties.get('list') as unknown[]).push('mine')
      try {
        expect(properties.changes().data).to.equal(`{"list":[${[...texts.map(asWritten), '"mine"'].join()}]}`)
      } catch (error) {
        expect(Reflect.get(error as object, 'code'), String(error)).to.equal('DATA_NOT_SERIALIZABLE')
        const read = texts.map((text) => String(Number(text)))
        const isClear =
          new Set(read).size === texts.length && !read.some((text) => text === '0' || text.includes('Infinity'))
        expect(isClear).to.equal(false)
      }
    })
    fc.assert(property, runs(1500))
  })
})

/** What JavaScript writes for a number, if it is the same one: `1.0` becomes `1`. */
function asWritten(text: string): string {
  const written = JSON.stringify(Number(text))
  return isSame(text, written) ? written : text
}

/** As whole multiples of 10^-500. */
function isSame(a: string, b: string): boolean {
  return scaled(a) === scaled(b)
}

function scaled(text: string): bigint {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([-+]?\d+))?$/i.exec(text) ?? []
  return BigInt(`${sign}${whole}${fraction}${'0'.repeat(500 - fraction.length + Number(exponent))}`)
}
