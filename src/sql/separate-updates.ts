import type { RowsWritten } from '../core/backend/session-backend.js'
import type { SessionTable } from '../model/session-table.js'
import { guardedUpdate } from './guarded-update.js'
import type { SqlTable } from './sql-table.js'
import type { Write } from './write.js'

/**
 * Several writes in one statement with a guarded update for each, as a common table expression. On a partitioned table each
 * update visits one partition, and prepares for no others. As in `BatchStatement`, a row that is locked is skipped.
 *
 * @see https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
 */
export class SeparateUpdates<Connection> {
  readonly #table: SqlTable<Connection>
  readonly #session: SessionTable

  constructor(table: SqlTable<Connection>, session: SessionTable) {
    this.#table = table
    this.#session = session
  }

  /** Returns for each row whether it was written; `null` for a row with a value that needs the ORM's own update. */
  async run(connection: Connection, writes: readonly Write[]): Promise<RowsWritten> {
    const written: (boolean | null)[] = new Array(writes.length).fill(null)
    const parameters: unknown[] = []
    const updates: string[] = []
    const keys: string[] = []
    writes.forEach((write, n) => {
      const update = this.#updateOf(write, parameters)
      if (update === undefined) return
      updates.push(`ksm_${n} AS (${update} RETURNING ${n} AS ksm_key)`)
      keys.push(`SELECT ksm_key FROM ksm_${n}`)
    })
    if (keys.length === 0) return written
    const sql = `WITH ${updates.join(', ')} ${keys.join(' UNION ALL ')}`
    const found = await this.#table.updateReturning(connection, sql, parameters)
    for (const { ksm_key } of found as { ksm_key: unknown }[]) written[Number(ksm_key)] = true
    return written
  }

  /** The SQL of one update, whose values are appended to `parameters`; `undefined` if one needs the ORM's own update. */
  #updateOf(write: Write, parameters: unknown[]): string | undefined {
    const table = this.#table
    const id = table.column(this.#session.id)
    const before = parameters.length
    let isPossible = true
    let place = ''
    const { set, where } = guardedUpdate(table, this.#session, write, (column, source) => {
      const value = source(write)
      isPossible &&= value !== undefined
      const next = table.place(parameters.push(value))
      if (column === id) place = next
      return next
    })
    if (!isPossible) parameters.length = before
    const free = `SELECT FROM ${table.name} AS ksm_row WHERE ksm_row.${id.quoted} = ${place} FOR NO KEY UPDATE SKIP LOCKED`
    return isPossible ? `${set} FROM (${free}) AS ksm_free ${where}` : undefined
  }
}
