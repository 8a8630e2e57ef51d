import { isDeepStrictEqual } from 'node:util'
import type { SessionColumn } from '../backend/session-backend.js'
import { deserialize, type Serializer, serialize } from '../codec/serializer.js'
import type { StoredRow } from '../codec/session-meta.js'
import { copyOf } from './copy.js'

/** The parts of the configuration that are needed to read the properties of a row. */
export interface PropertySchema {
  readonly columns: ReadonlyMap<string, SessionColumn>
  readonly serializer: Serializer
  /** The text of a row's data, decrypted. */
  textOf(row: StoredRow): string | null
  /** The text of an empty session. */
  readonly emptyText: string
  /** The present moment, by the clock of the manager. */
  now(): Date
}

/** Stands for a value that cannot be stored. */
const notStorable = Symbol('cannot be stored')

/** The value of a property if it were stored now and read again. */
export function storedForm({ columns, serializer }: PropertySchema, name: string, value: unknown): unknown {
  try {
    if (columns.has(name)) return copyOf(value)
    return typeof value === 'object' ? deserialize(serializer, serialize(serializer, { [name]: value }))[name] : value
  } catch {
    return notStorable
  }
}

/** The stored form of a property now: a copy for a column, else a text; `undefined` if it cannot be stored. */
export function snapshotOf({ columns, serializer }: PropertySchema, name: string, value: unknown): unknown {
  try {
    return columns.has(name) ? copyOf(value) : serialize(serializer, { [name]: value })
  } catch {
    return undefined
  }
}

/** Whether two snapshots of a property have equal content. */
export function isSameSnapshot({ columns, serializer }: PropertySchema, name: string, a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (columns.has(name) || typeof a !== 'string' || typeof b !== 'string') return isDeepStrictEqual(a, b)
  return isDeepStrictEqual(deserialize(serializer, a), deserialize(serializer, b))
}

/** The columns, by the names of their properties. */
export function columnsByName(columns: readonly SessionColumn[]): Map<string, SessionColumn> {
  return new Map(columns.map((column) => [column.name, column]))
}
