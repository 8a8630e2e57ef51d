import { isDeepStrictEqual } from 'node:util'
import { deserialize, serialize } from '../codec/serializer.js'
import { copyOf } from './copy.js'
import type { PropertySchema } from './property-schema.js'

/** What would be stored of a property now: a copy for a column, else a text; nothing if it cannot be stored. */
export function snapshotOf({ columns, serializer }: PropertySchema, name: string, value: unknown): unknown {
  try {
    return columns.has(name) ? copyOf(value) : serialize(serializer, { [name]: value })
  } catch {
    return undefined
  }
}

/** Whether two snapshots of a property hold the same. */
export function isSameSnapshot({ columns, serializer }: PropertySchema, name: string, a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (columns.has(name) || typeof a !== 'string' || typeof b !== 'string') return isDeepStrictEqual(a, b)
  return isDeepStrictEqual(deserialize(serializer, a), deserialize(serializer, b))
}
