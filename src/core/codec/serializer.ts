import { SessionError } from '../errors.js'

/** Turns the data of a session into text and back. Both methods are synchronous. */
export interface Serializer {
  /** Returns the text of the data. An error that it throws becomes `DATA_NOT_SERIALIZABLE`. */
  serialize(data: Record<string, unknown>): string
  /** Returns a plain object. An error that it throws, or another value, becomes `DATA_CORRUPT`. */
  deserialize(text: string): unknown
}

/**
 * JSON that throws for values that `JSON.stringify` would silently drop or change: a function, NaN, a Map, a promise, an
 * instance of a class. Values with a method `toJSON`, such as dates, are written as JSON writes them.
 */
export const jsonSerializer: Serializer = {
  serialize: (data) => (isLossless(data) ? JSON.stringify(data) : JSON.stringify(data, assertLossless)),
  deserialize: (text) => JSON.parse(text),
}

/** The depth of nesting from which on a value may hold a cycle. */
const deepest = 50

/** Whether JSON surely holds all of the value. This check and JSON without a replacer are twice as fast as JSON with one. */
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

/** A replacer that throws for lost values. `written` is the result of `toJSON`; `this[key]` is the value itself. */
function assertLossless(this: Record<string, unknown>, key: string, written: unknown): unknown {
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

/** Whether the object is an object literal or has no prototype. */
export function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** Serializes `data`. Throws `DATA_NOT_SERIALIZABLE`. */
export function serialize(serializer: Serializer, data: Record<string, unknown>): string {
  try {
    const text: unknown = serializer.serialize(data)
    if (typeof text === 'string') return text
  } catch (cause) {
    throw notSerializable(cause instanceof Error ? cause.message : String(cause), cause)
  }
  throw notSerializable('the serializer returned no string')
}

/** Deserializes `text` to an object without a prototype. Throws `DATA_CORRUPT`. */
export function deserialize(serializer: Serializer, text: string): Record<string, unknown> {
  let data: unknown
  try {
    data = serializer.deserialize(text)
  } catch (cause) {
    throw corrupt(cause)
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw corrupt()
  // Another serializer may return an object that it keeps: it is copied.
  const own = serializer === jsonSerializer ? data : { ...data }
  return Object.setPrototypeOf(own, null)
}

/** The error for a value that cannot be stored. `reason` is a part of its message. */
export function notSerializable(reason: string, cause?: unknown): SessionError {
  return new SessionError(
    'DATA_NOT_SERIALIZABLE',
    `The session cannot be stored: ${reason}. Store plain values, or set the option serializer to one that can write it.`,
    { cause },
  )
}

/** The error for a row whose data cannot be read. */
export function corrupt(cause?: unknown): SessionError {
  return new SessionError(
    'DATA_CORRUPT',
    'The data of a session row is not what the serializer writes. The row was left as it is: repair or delete it, ' +
      'or set the option serializer to the one it was written with.',
    { cause },
  )
}
