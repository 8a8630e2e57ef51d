import { SessionError } from '../errors.js'

/** Turns session data into text and back. What `deserialize` returns must be a plain object. */
export interface Serializer {
  serialize(data: Record<string, unknown>): string
  deserialize(text: string): unknown
}

/**
 * JSON, but loud: where `JSON.stringify` would silently drop or change a value (a function, NaN, a Map, a promise, an
 * instance of a class), this throws. What has a `toJSON` method, such as a date, is written as JSON writes it.
 */
export const jsonSerializer: Serializer = {
  serialize: (data) => (isLossless(data) ? JSON.stringify(data) : JSON.stringify(data, refuseLoss)),
  deserialize: (text) => JSON.parse(text),
}

/** Deeper than this, what is looked at may hold a cycle. */
const deepest = 50

/** Whether JSON surely holds all of the value. A look at it, and then JSON without a replacer, is twice as fast as with one. */
function isLossless(value: unknown, depth = 0): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object') return typeof value === 'string' || typeof value === 'boolean' || value === undefined
  if (value === null) return true
  if (depth > deepest || 'toJSON' in value) return false
  return Array.isArray(value) ? isLosslessArray(value, depth + 1) : isPlain(value) && isLosslessObject(value, depth + 1)
}

function isLosslessArray(items: readonly unknown[], depth: number): boolean {
  for (const item of items) if (item === undefined || !isLossless(item, depth)) return false
  return true
}

function isLosslessObject(object: object, depth: number): boolean {
  for (const key in object) if (!isLossless((object as Record<string, unknown>)[key], depth)) return false
  return true
}

/** JSON shows the replacer what `toJSON` made of a value; `this[key]` is the value itself. */
function refuseLoss(this: Record<string, unknown>, key: string, written: unknown): unknown {
  const loss = whatJsonLoses(this[key], written) ?? (written === undefined && Array.isArray(this) && 'undefined')
  if (loss) throw new TypeError(`'${key}' is ${loss}, which JSON cannot hold`)
  return written
}

function whatJsonLoses(value: unknown, written: unknown): string | undefined {
  if (typeof written === 'function' || typeof written === 'symbol' || typeof written === 'bigint')
    return `a ${typeof written}`
  if (typeof written === 'number') return Number.isFinite(written) ? undefined : String(written)
  if (ArrayBuffer.isView(value)) return 'binary data'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid date' : undefined
  if (typeof written !== 'object' || written === null || Array.isArray(written) || isPlain(written)) return undefined
  return `an instance of ${written.constructor?.name || 'a class'}`
}

/** Whether the object is a literal, or has no prototype. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** The text of `data`, or `DATA_NOT_SERIALIZABLE`. */
export function serialize(serializer: Serializer, data: Record<string, unknown>): string {
  try {
    const text: unknown = serializer.serialize(data)
    if (typeof text === 'string') return text
  } catch (cause) {
    throw notSerializable(cause instanceof Error ? cause.message : String(cause), cause)
  }
  throw notSerializable('the serializer returned no string')
}

/** The data in `text`, its keys on an object without a prototype, or `DATA_CORRUPT`. */
export function deserialize(serializer: Serializer, text: string): Record<string, unknown> {
  let data: unknown
  try {
    data = serializer.deserialize(text)
  } catch (cause) {
    throw corrupt(cause)
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw corrupt()
  // What another serializer gives may be somebody else's object.
  const own = serializer === jsonSerializer ? data : { ...data }
  return Object.setPrototypeOf(own, null)
}

/** The error for a value that cannot be stored, and why. */
export function notSerializable(reason: string, cause?: unknown): SessionError {
  return new SessionError(
    'DATA_NOT_SERIALIZABLE',
    `The session cannot be stored: ${reason}. Store plain values, or set the option serializer to one that can write it.`,
    { cause },
  )
}

/** The error for a row whose data nobody can read. */
export function corrupt(cause?: unknown): SessionError {
  return new SessionError(
    'DATA_CORRUPT',
    'The data of a session row is not what the serializer writes. The row was left as it is: repair or delete it, ' +
      'or set the option serializer to the one it was written with.',
    { cause },
  )
}
