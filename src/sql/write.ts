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

/** The number of statements that are kept. Requests that change columns in ever new combinations make ever new shapes. */
const mostKept = 100

/** Statements that are made once for each shape of writes. */
export class StatementCache<Prepared> {
  readonly #make: (example: Write) => Prepared
  readonly #kept = new Map<string, Prepared>()

  constructor(make: (example: Write) => Prepared) {
    this.#make = make
  }

  /** The statement for writes of the same shape as this one. */
  for(write: Write): Prepared {
    const { shape } = write
    let statement = this.#kept.get(shape)
    if (statement === undefined) {
      statement = this.#make(write)
      if (this.#kept.size >= mostKept) this.#kept.clear()
      this.#kept.set(shape, statement)
    }
    return statement
  }
}
