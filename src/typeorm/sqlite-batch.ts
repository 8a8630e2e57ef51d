import { type DataSource, QueryFailedError, type QueryRunner } from 'typeorm'
import type { RowsWritten } from '../core/backend/session-backend.js'
import type { Constructor } from '../model/metadata.js'
import type { SessionTable } from '../model/session-table.js'
import { type BatchValue, batchParts } from './batch-parts.js'
import type { Source, Write } from './update-parts.js'

/** The statement for many writes of one shape, on SQLite: TypeORM's own update, on a list of values. */
export class SqliteBatch {
  readonly #values: readonly BatchValue[]
  readonly #id: Source
  readonly #beginning: string
  readonly #row: string
  readonly #end: string

  /** From any write of the shape. */
  constructor(dataSource: DataSource, entity: Constructor, table: SessionTable, example: Write) {
    // After a plus a value is compared as a parameter is: a column of text makes a text of it.
    const { set, where, values, names, id } = batchParts(dataSource, entity, table, example, '+')
    const { column, source } = values[id] as BatchValue
    this.#values = values
    this.#id = source
    this.#beginning = `WITH ksm_values (${names.join(', ')}) AS (VALUES `
    this.#row = `(${names.map(() => '?').join(', ')})`
    this.#end = `) ${set} FROM ksm_values${where} RETURNING ${dataSource.driver.escape(column)} AS ksm_id`
  }

  /** Tells for each row whether it was written. */
  async run(runner: QueryRunner, writes: readonly Write[]): Promise<RowsWritten> {
    const size = sizeFor(writes.length)
    const parameters: unknown[] = []
    for (const write of writes) for (const { source } of this.#values) parameters.push(source(write))
    while (parameters.length < size * this.#values.length) parameters.push(null)
    const sql = this.#beginning + this.#row + `, ${this.#row}`.repeat(size - 1) + this.#end
    const { records } = await runner.query(sql, parameters, true)
    const ids = new Set<unknown>()
    for (const { ksm_id } of records as { ksm_id: unknown }[]) ids.add(ksm_id)
    return writes.map((write) => ids.has(this.#id(write)) || null)
  }
}

/** Few sizes are few statements, which the driver keeps. The rows that are too many have no id, and find nothing. */
function sizeFor(count: number): number {
  let size = 2
  while (size < count) size *= 2
  return size
}

/** SQLite tells since 3.35 which rows an update has written. */
export async function knowsReturning(runner: QueryRunner): Promise<boolean> {
  const [row]: { version: string }[] = await runner.query('SELECT sqlite_version() AS version')
  const [major = 0, minor = 0] = row?.version.split('.').map(Number) ?? []
  return major > 3 || (major === 3 && minor >= 35)
}

/** Whether a value is to blame, not the database. One that is busy has made the first wait, and would make all others wait. */
export function isRefusedBySqlite(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error
  if (cause instanceof TypeError || cause instanceof RangeError) return true // the driver or we cannot bind it
  const code = (cause as { code?: unknown } | undefined)?.code
  return typeof code === 'string' && /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE|ERROR)/.test(code)
}
