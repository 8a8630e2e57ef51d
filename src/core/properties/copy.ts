import { isDate, isUint8Array } from 'node:util/types'
import { isPlain, notSerializable } from '../codec/serializer.js'

/**
 * A copy to compare with later: plain objects, arrays, dates and bytes are copied, however deep. Instances of classes stay what
 * they are, since nobody else knows how to copy them. Throws `DATA_NOT_SERIALIZABLE` for functions and cycles.
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
 * The value, which cannot be changed through what is returned: where somebody tries, `refuse` makes the error. Plain
 * objects and arrays are guarded, however deep.
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
      // What is frozen must be given as it is.
      return own && !own.configurable && !own.writable ? item : readOnly(item, refuse)
    },
    set: throwError,
    deleteProperty: throwError,
    defineProperty: throwError,
    setPrototypeOf: throwError,
  })
}
