import { notSerializable } from '../codec/serializer.js'
import { SessionError } from '../errors.js'

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

/** The names that `ctx.session` uses itself. A column or a data key cannot have one of them. */
export const reservedNames: ReadonlySet<string> = new Set([
  'authenticatedAt',
  'createdAt',
  'destroy',
  'expires',
  'id',
  'isNew',
  'length',
  'load',
  'maxAge',
  'populated',
  'regenerate',
  'reload',
  'save',
  'toJSON',
  'touch',
  'update',
])
