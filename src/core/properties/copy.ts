import { isDate, isUint8Array } from 'node:util/types'
import { isPlain, notSerializable } from '../codec/serializer.js'

/**
 * A copy to compare with later. Plain objects, arrays, dates and bytes are copied, at any depth. Instances of other classes
 * are not, since only their class knows how. Throws `DATA_NOT_SERIALIZABLE` for functions and cycles.
 */
export function copyOf(value: unknown, within: readonly unknown[] = []): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') throw notSerializable(`it holds a ${typeof value}`)
  if (typeof value !== 'object' || value === null) return value
  if (isDate(value)) return new Date(value)
  if (isUint8Array(value)) return Buffer.isBuffer(value) ? Buffer.from(value) : value.slice()
  if (within.includes(value)) throw notSerializable('it holds a cycle')
  const path = [...within, value]
  if (Array.isArray(value)) return value.map((item) => copyOf(item, path))
  if (!isPlain(value)) return value
  const copy = Object.create(Object.getPrototypeOf(value))
  for (const [name, item] of Object.entries(value)) {
    Object.defineProperty(copy, name, {
      value: copyOf(item, path),
      writable: true,
      enumerable: true,
      configurable: true,
    })
  }
  return copy
}

/**
 * A read-only view of the value: an attempt to change it throws the error of `refuse`. Plain objects and arrays are guarded,
 * at any depth.
 */
export function readOnly<T>(value: T, refuse: () => Error): T {
  if (typeof value !== 'object' || value === null || !(Array.isArray(value) || isPlain(value))) return value
  const throwError = (): never => {
    throw refuse()
  }
  return new Proxy(value, {
    get: (target, key) => {
      const own = Reflect.getOwnPropertyDescriptor(target, key)
      const item: unknown = Reflect.get(target, key)
      // A proxy must return a frozen property as it is.
      return own && !own.configurable && !own.writable ? item : readOnly(item, refuse)
    },
    set: throwError,
    deleteProperty: throwError,
    defineProperty: throwError,
    setPrototypeOf: throwError,
  })
}
