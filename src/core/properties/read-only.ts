import { isPlain } from '../codec/serializer.js'

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
