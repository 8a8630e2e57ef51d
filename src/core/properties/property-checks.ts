import { notSerializable } from '../codec/serializer.js'
import { SessionError } from '../errors.js'
import { reservedNames } from './reserved-names.js'

/** Whether its own properties are all that it holds: no array, Map or Date. */
export function isObject(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Object]'
}

/** Refuses a name that is reserved, and a value that no row can hold. */
export function refuseProperty(name: string, value: unknown): void {
  refuseReserved(name)
  if (typeof value === 'function' || typeof value === 'symbol') throw notSerializable(`'${name}' is a ${typeof value}`)
}

function refuseReserved(name: string): void {
  if (!reservedNames.has(name)) return
  throw new SessionError(
    'NAME_RESERVED',
    `The session uses the name '${name}' itself. Store your value under another name.`,
  )
}
