import { expect } from 'chai'
import { checkWhere } from '../../../src/core/backend/row-filter.js'
import { expectError } from '../../support/errors.js'

const columns = new Map(['userId', 'seen'].map((name) => [name, { name, initial: () => null }]))

describe('conditions for list and revoke', () => {
  it('are known columns or id, with plain values', () => {
    const where = { id: 'x', userId: 0, seen: new Date(0) }
    expect(checkWhere(where, columns)).to.deep.equal(where)
    expect(checkWhere({ userId: null }, columns)).to.deep.equal({ userId: null })
  })

  it('are copied, so that a date brings nothing of its own', () => {
    const date = Object.assign(new Date(5), { toSqlString: () => 'TRUE', getTime: () => 6 })
    const { seen } = checkWhere({ seen: date }, columns)
    expect(seen).to.deep.equal(new Date(5))
    expect(seen).not.to.equal(date)
    expect(Reflect.ownKeys(seen as object)).to.deep.equal([])
  })

  const wrong: Record<string, unknown> = {
    nothing: undefined,
    'no condition at all': {},
    'an unknown column': { name: 'x' },
    'a managed column': { data: '{}' },
    'an inherited name': { constructor: 1 },
    undefined: { userId: undefined },
    'an operator': { userId: { $gt: 0 } },
    'an array': { userId: [1, 2] },
    NaN: { userId: Number.NaN },
    'a number that stands for several': { userId: 2 ** 53 },
    'an invalid date': { seen: new Date('x') },
    'a function': { userId: () => 'TRUE' },
    'what only looks like a date': { seen: Object.create(Date.prototype, { getTime: { value: () => 1 } }) },
    'a number as an id': { id: 0 },
    'a boolean as an id': { id: false },
    'null as an id': { id: null },
    'a symbol key of an ORM': { userId: { [Symbol('gt')]: 0 } },
  }
  for (const [name, where] of Object.entries(wrong)) {
    it(`are not ${name}`, () => expectError('WHERE_INVALID', () => checkWhere(where, columns)))
  }

  it('may be empty where nothing is ended, but only as a plain object', async () => {
    for (const where of [{}, Object.create(null)]) expect(checkWhere(where, columns, true)).to.deep.equal({})
    for (const where of [[], new Map(), new Date(), new (class {})(), { userId: undefined }, null, ''])
      await expectError('WHERE_INVALID', () => checkWhere(where, columns, true))
  })
})
