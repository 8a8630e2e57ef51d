import { expect } from 'chai'
import { checkWhere } from '../../src/core/where.js'
import { expectError } from '../support/errors.js'

const columns = new Map(['userId', 'seen'].map((name) => [name, { name, initial: () => null }]))

describe('conditions for list and revoke', () => {
  it('are known columns or id, with plain values', () => {
    const where = { id: 'x', userId: 0, seen: new Date(0) }
    expect(checkWhere(where, columns)).to.deep.equal(where)
    expect(checkWhere({ userId: null }, columns)).to.deep.equal({ userId: null })
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
    'an invalid date': { seen: new Date('x') },
    'a function': { userId: () => 'TRUE' },
    'a symbol key of an ORM': { userId: { [Symbol('gt')]: 0 } },
  }
  for (const [name, where] of Object.entries(wrong)) {
    it(`are not ${name}`, () => expectError('WHERE_INVALID', () => checkWhere(where, columns)))
  }
})
