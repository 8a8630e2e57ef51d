import type { RowRecord } from '../model/session-table.js'

/** SQL that columns are set to, by property. */
export type SqlValues = Readonly<Record<string, string>>

/** A guarded write of one row: an update or a touch, with the properties as the ORM has them. */
export class Write {
  readonly id: string
  /** The version that the row must have; `null` if it is NULL. Ignored if the table has no versions. */
  readonly version: number | null
  readonly now: Date
  /** The values that are written, by property. */
  readonly record: RowRecord
  /** The columns that are set to SQL instead of a value: a default of the database, or their own value. */
  readonly sql: SqlValues
  /** The key of the statement's text. Writes of one shape share a statement. */
  readonly shape: string

  constructor(id: string, version: number | null, now: Date, record: RowRecord, sql: SqlValues) {
    this.id = id
    this.version = version
    this.now = now
    this.record = record
    this.sql = sql
    let shape = version === null ? 'null' : ''
    for (const property in record) shape += `\n${property}`
    for (const property in sql) shape += `\n\n${property}`
    this.shape = shape
  }
}
