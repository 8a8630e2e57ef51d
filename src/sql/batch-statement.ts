import type { RowsWritten } from '../core/backend/session-backend.js'
import type { SessionTable } from '../model/session-table.js'
import { type BoundValue, type ColumnTypes, isSame, typeOf, valuesOf } from './bound-values.js'
import { type ColumnArrays, columnArrays } from './column-arrays.js'
import { guardedUpdate } from './guarded-update.js'
import type { SqlTable } from './sql-table.js'
import type { Write } from './write.js'

/**
 * The statement for many writes of one shape: the guarded update, joined with a list of rows. The list is called
 * `ksm_values`, with the columns `ksm_p0`, `ksm_p1` … and on PostgreSQL `ksm_n`, the number of the row.
 *
 * On PostgreSQL it never waits for a lock while it holds others: it skips rows that another transaction has locked. So it
 * cannot deadlock, and one slow row delays no others.
 *
 * @see https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE
 */
export class BatchStatement<Connection> {
  readonly #table: SqlTable<Connection>
  readonly #values: BoundValue[] = []
  /** The casts after each value of the first row: they give the list its types. */
  readonly #casts: readonly string[]
  readonly #id: BoundValue
  /** The text of one row of the list, for databases whose parameters have no numbers. */
  readonly #row: string
  readonly #beginning: string
  readonly #end: string
  /** The rows as one array for each column, where the types allow that. */
  readonly #lists: ColumnArrays | undefined

  /** Takes any write of the shape as the example. `types` are given on PostgreSQL only. */
  constructor(table: SqlTable<Connection>, session: SessionTable, example: Write, types: ColumnTypes | undefined) {
    this.#table = table
    const values = this.#values
    const { set, where } = guardedUpdate(table, session, example, (column, source) => {
      return `ksm_values.ksm_p${values.push({ column, source }) - 1}`
    })
    const id = table.column(session.id)
    const key = values.findIndex(({ column }) => column === id)
    const names = values.map((_, index) => `ksm_p${index}`).join(', ')
    this.#row = `(${values.map(() => table.place(1)).join(', ')})`
    this.#id = values[key] as BoundValue
    this.#casts = values.map(({ column }) => (types ? `::${typeOf(column, types)}` : ''))
    if (types) {
      if (table.prefersArrays) this.#lists = columnArrays(table, values, types, key)
      this.#beginning = `${set} FROM (SELECT ksm_list.* FROM ${table.name} AS ksm_row JOIN (`
      this.#end =
        `) AS ksm_list (${names}, ksm_n) ON ksm_row.${id.quoted} = ksm_list.ksm_p${key} ` +
        `FOR NO KEY UPDATE OF ksm_row SKIP LOCKED) AS ksm_values ${where} RETURNING ksm_values.ksm_n AS ksm_key`
    } else {
      this.#beginning = `WITH ksm_values (${names}) AS (VALUES `
      this.#end = `) ${set} FROM ksm_values ${where} RETURNING ${id.quoted} AS ksm_key`
    }
  }

  /** Returns for each row whether it was written; `null` for a row with a value that needs the ORM's own update. */
  async run(connection: Connection, writes: readonly Write[]): Promise<RowsWritten> {
    const written: (boolean | null)[] = new Array(writes.length).fill(null)
    const parameters: unknown[] = []
    const rows = this.#lists?.sqlOf(writes, parameters) ?? this.#rows(writes, parameters)
    if (rows === '') return written
    const found = await this.#table.updateReturning(connection, this.#beginning + rows + this.#end, parameters)
    const numberOf = this.#table.database === 'postgres' ? Number : this.#numbersById(writes)
    for (const { ksm_key } of found as { ksm_key: unknown }[]) written[numberOf(ksm_key)] = true
    return written
  }

  /** Finds a row's number by its id: SQLite returns only columns of the table. */
  #numbersById(writes: readonly Write[]): (id: unknown) => number {
    const numbers = new Map<unknown, number>()
    for (let n = 0; n < writes.length; n++) numbers.set(this.#id.source(writes[n] as Write), n)
    return (id) => numbers.get(id) ?? -1
  }

  /** The SQL of the rows. Their parameters are appended to `parameters`. */
  #rows(writes: readonly Write[], parameters: unknown[]): string {
    if (!this.#table.isNumbered) return this.#plainRows(writes, parameters)
    const isPostgres = this.#table.database === 'postgres'
    const places: string[] = []
    let last: readonly unknown[] | undefined
    let rows = ''
    for (let n = 0; n < writes.length; n++) {
      const values = valuesOf(this.#values, writes[n] as Write)
      if (!values) continue
      rows += last ? ', (' : isPostgres ? 'VALUES (' : '('
      for (let index = 0; index < values.length; index++) {
        const value = values[index]
        if (!last || !isSame(value, last[index])) places[index] = this.#table.place(parameters.push(value))
        if (index > 0) rows += ', '
        rows += last ? places[index] : `${places[index]}${this.#casts[index]}`
      }
      rows += isPostgres ? `, ${n})` : ')'
      last = values
    }
    return rows
  }

  /**
   * The rows for databases without numbered parameters, filled up with rows without an id, which match nothing. So there
   * are few sizes, and the driver can keep their statements.
   */
  #plainRows(writes: readonly Write[], parameters: unknown[]): string {
    for (const write of writes) parameters.push(...(valuesOf(this.#values, write) ?? []))
    const width = this.#values.length
    if (parameters.length === 0) return ''
    let size = 2
    while (size < writes.length) size *= 2
    while (parameters.length < size * width) parameters.push(null)
    return this.#row + `, ${this.#row}`.repeat(size - 1)
  }
}
