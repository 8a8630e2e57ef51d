import { expect } from 'chai'
import { parseWhere } from '../../src/cli/where.js'
import type { TableAccess } from '../../src/sql/table-access.js'

const kinds = { name: 'text', age: 'number', big: 'bigint', isAdmin: 'boolean', seenAt: 'date' } as const
const access = {
  modelName: 'WebSession',
  session: { columns: Object.keys(kinds).map((name) => ({ name })) },
  kindOf: (name: keyof typeof kinds) => kinds[name],
} as unknown as TableAccess

const read = (...conditions: string[]): object => parseWhere(conditions, access)

describe('the conditions of --where', () => {
  it('have values by the type of the column', () => {
    expect(read('name=Ann', 'age=42')).to.deep.equal({ name: 'Ann', age: 42 })
    expect(read('name=a=b')).to.deep.equal({ name: 'a=b' })
    expect(read('name=')).to.deep.equal({ name: '' })
    expect(read('age=-1.5')).to.deep.equal({ age: -1.5 })
    expect(read('big=9007199254740993')).to.deep.equal({ big: 9_007_199_254_740_993n })
    expect(read('big=7')).to.deep.equal({ big: 7 })
    for (const [text, value] of [
      ['true', true],
      ['1', true],
      ['false', false],
      ['0', false],
    ] as const)
      expect(read(`isAdmin=${text}`)).to.deep.equal({ isAdmin: value })
    expect(read('seenAt=2026-01-02T03:04:05Z')).to.deep.equal({ seenAt: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)) })
  })

  it('have null for null, and text for what stands in quotes', () => {
    expect(read('name=null', 'age=null')).to.deep.equal({ name: null, age: null })
    expect(read('name="null"')).to.deep.equal({ name: 'null' })
    expect(read('name="42"')).to.deep.equal({ name: '42' })
  })

  it('may name the id, and no column that is not there', () => {
    expect(read('id=42')).to.deep.equal({ id: '42' })
    expect(() => read('data=1')).to.throw('has no column data. It has: name, age, big, isAdmin, seenAt, id.')
  })

  for (const text of ['age=', 'age=x', 'age=Infinity', 'big=1.5', 'isAdmin=yes', 'seenAt=soon', 'name', '=1']) {
    it(`are refused: ${text}`, () => {
      expect(() => read(text))
        .to.throw()
        .with.property('code', 'WHERE_INVALID')
    })
  }
})
