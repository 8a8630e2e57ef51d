import { types } from 'node:util'
import { expect } from 'chai'

/** Expects a condition that no ORM can take for anything but values of columns. With `mayBeEmpty`, `{}` is fine. */
export function expectPlain(where: unknown, columns: readonly string[], mayBeEmpty = false): void {
  if (typeof where !== 'object' || where === null) throw new Error('The backend got no object.')
  expect(Object.getPrototypeOf(where)).to.equal(Object.prototype)
  expect(Object.isFrozen(where)).to.equal(true)
  if (!mayBeEmpty) expect(Reflect.ownKeys(where)).to.have.length.greaterThan(0)
  for (const name of Reflect.ownKeys(where)) {
    expect(name).to.be.oneOf([...columns, 'id'])
    const { value, get } = Object.getOwnPropertyDescriptor(where, name) ?? {}
    expect(get).to.equal(undefined)
    expect(isPlain(value), `${String(name)}: ${typeof value}`).to.equal(true)
    if (name === 'id') expect(value).to.be.a('string')
  }
}

/** Written without a look at how the library does it. */
export function isPlain(value: unknown): boolean {
  if (value === null || ['string', 'boolean', 'bigint'].includes(typeof value)) return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || types.isProxy(value) || !types.isDate(value)) return false
  const isBare = Reflect.ownKeys(value).length === 0 && Object.getPrototypeOf(value) === Date.prototype
  return isBare && !Number.isNaN(value.getTime())
}
