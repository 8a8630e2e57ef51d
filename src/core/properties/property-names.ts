import { notSerializable } from '../codec/serializer.js'
import { SessionError } from '../errors.js'
import { check } from '../validation.js'

/** Whether the own properties of the value are its whole content: it is no array, Map or Date. */
export function isObject(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Object]'
}

/** Throws `NAME_RESERVED` for a reserved name, and `DATA_NOT_SERIALIZABLE` for a function or a symbol. */
export function assertProperty(name: string, value: unknown): void {
  assertUnreserved(name)
  if (typeof value === 'function' || typeof value === 'symbol') throw notSerializable(`'${name}' is a ${typeof value}`)
}

/** Throws `NAME_RESERVED` for a reserved name, and `OPTION_INVALID` for a key that is no text. */
export function assertKey(key: unknown): asserts key is string {
  check('key of take()', key, (value): value is string => typeof value === 'string', 'the name of a property')
  assertUnreserved(key as string)
}

function assertUnreserved(name: string): void {
  if (!reservedNames.has(name)) return
  throw new SessionError(
    'NAME_RESERVED',
    `The session uses the name '${name}' itself. Store your value under another name.`,
  )
}

/** The names of the members of `ctx.session`. No column and no data key can have one of them. */
export const reservedNames: ReadonlySet<string> = new Set([
  'authenticatedAt',
  'createdAt',
  'destroy',
  'expires',
  'id',
  'isNew',
  'lastSeenAt',
  'length',
  'load',
  'maxAge',
  'populated',
  'regenerate',
  'reload',
  'save',
  'take',
  'toJSON',
  'touch',
  'update',
])
