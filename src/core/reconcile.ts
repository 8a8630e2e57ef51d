import { isDeepStrictEqual } from 'node:util'
import { isPlain } from './serializer.js'

/**
 * Gives `held`, an object that somebody has in his hands, the content of `fresh`, and returns it; where that is not
 * possible, `fresh`. Arrays and plain objects are changed in place, however deep.
 */
export function reconcile(held: unknown, fresh: unknown): unknown {
  if (isDeepStrictEqual(held, fresh)) return held
  if (Array.isArray(held) && Array.isArray(fresh) && isOpen(held)) return reconcileItems(held, fresh)
  if (isPlainObject(held) && isPlainObject(fresh) && isOpen(held)) return reconcileEntries(held, fresh)
  return fresh
}

function reconcileItems(held: unknown[], fresh: readonly unknown[]): unknown[] {
  for (const [index, item] of fresh.entries()) held[index] = reconcile(held[index], item)
  held.length = fresh.length
  return held
}

function reconcileEntries(held: object, fresh: object): object {
  for (const name of Object.keys(held)) if (!Object.hasOwn(fresh, name)) Reflect.deleteProperty(held, name)
  for (const [name, item] of Object.entries(fresh)) {
    const value = reconcile(Object.hasOwn(held, name) ? Reflect.get(held, name) : undefined, item)
    Object.defineProperty(held, name, { value, writable: true, enumerable: true, configurable: true })
  }
  return held
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isPlain(value)
}

function isOpen(value: object): boolean {
  return !Object.isFrozen(value) && !Object.isSealed(value)
}
