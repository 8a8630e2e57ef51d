import type { SessionColumn } from '../backend/session-backend.js'
import { deserialize, type Serializer, serialize } from '../codec/serializer.js'
import type { StoredRow } from '../codec/session-meta.js'
import { copyOf } from './copy.js'

/** What is needed to read the properties of a row. */
export interface PropertySchema {
  readonly columns: ReadonlyMap<string, SessionColumn>
  readonly serializer: Serializer
  /** The text of a row's data, decrypted. */
  textOf(row: StoredRow): string | null
  /** The text of no data. */
  readonly emptyText: string
  /** The time of the clock that decides. */
  now(): Date
}

/** What is in the place of a value that cannot be stored. */
const notStorable = Symbol('cannot be stored')

/** What would be there of a property if it were stored now and read again. */
export function storedForm({ columns, serializer }: PropertySchema, name: string, value: unknown): unknown {
  try {
    if (columns.has(name)) return copyOf(value)
    return typeof value === 'object' ? deserialize(serializer, serialize(serializer, { [name]: value }))[name] : value
  } catch {
    return notStorable
  }
}
