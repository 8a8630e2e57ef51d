import type { BackendFailure, RowsWritten, RowTouch, RowUpdate } from '../core/backend/session-backend.js'
import { isHarmless } from '../model/failures.js'
import { knownColumns, type ShownColumn } from '../model/known-columns.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { Batches } from './batches.js'
import { UpdateStatement } from './guarded-update.js'
import type { SqlTable } from './sql-table.js'
import { type SqlValues, StatementCache, Write } from './write.js'

/** Writes to the rows of one table: by its own statements, or by the ORM's own update if that does more. */
export class RowWriter<Connection> {
  readonly #table: SqlTable<Connection>
  readonly #session: SessionTable
  /** The statement of each shape; `null` for shapes that need the ORM's own update. */
  readonly #statements: StatementCache<UpdateStatement | null>
  readonly #batches: Batches<Connection> | undefined
  /** The columns that MySQL may move with an update, set to their own value. */
  readonly #unmoved: SqlValues
  #isReady: boolean

  constructor(table: SqlTable<Connection>, session: SessionTable) {
    const { database } = table
    this.#table = table
    this.#session = session
    this.#statements = new StatementCache((write) => this.#prepare(write))
    this.#batches = database === 'other' ? undefined : new Batches(table, session)
    this.#unmoved = Object.fromEntries(session.moving.map((property) => [property, table.column(property).quoted]))
    this.#isReady = database !== 'mysql'
  }

  /** Whether the limits of the table's columns are known, which writing needs. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** Asks MySQL for the limits of the columns: it may cut off longer values, or store question marks. */
  async prepare(connection: Connection): Promise<void> {
    const shown = await this.#table.ask(connection, `SHOW FULL COLUMNS FROM ${this.#table.name}`, [])
    this.#session.learn(knownColumns(shown as ShownColumn[], this.#table.columnNames()))
    this.#isReady = true
  }

  /** Whether several writes are one statement. That may change at any time, as the application may add listeners. */
  get isBatched(): boolean {
    return this.#batches?.arePossible === true && this.#table.allowsBatches()
  }

  /** The write that an update makes. */
  updateOf({ id, version, now, values }: RowUpdate): Write {
    const record = this.#session.toRecord(values)
    return new Write(id, version, now, record, this.#unmovedBut(record, this.#table.complete(record, false)))
  }

  /** The write that a touch makes. */
  touchOf({ id, version, now, ...values }: RowTouch): Write {
    const record = this.#session.toRecord(values)
    return new Write(id, version, now, record, this.#unmovedBut(record, this.#table.complete(record, true)))
  }

  /** Writes the rows, in batches if possible, and returns for each whether it was written. */
  writeAll(connection: Connection, writes: readonly Write[]): Promise<RowsWritten> {
    if (writes.length > 1 && this.#batches && this.isBatched) return this.#batches.write(connection, writes)
    return inTurn(
      writes,
      (write) => this.#write(connection, write),
      (error) => this.#table.failureOf(error),
    )
  }

  /** Writes one row. Resolves to `false` if the guard did not match. */
  #write(connection: Connection, write: Write): Promise<boolean> {
    const statement = this.#table.needsOrmUpdate() ? null : this.#statements.for(write)
    const parameters = statement?.parametersOf(write)
    return statement && parameters
      ? this.#table.update(connection, statement.sql, parameters)
      : this.#table.ormUpdate(connection, write)
  }

  #prepare(write: Write): UpdateStatement | null {
    const names = Object.keys(write.record)
    if (names.length === 0 || this.#table.isGuarded(names)) return null
    return new UpdateStatement(this.#table, this.#session, write)
  }

  /** Adds the columns that must keep their value, unless the record sets them. */
  #unmovedBut(record: RowRecord, sql: SqlValues): SqlValues {
    let all = sql
    for (const name in this.#unmoved) if (!(name in record)) all = { ...all, [name]: this.#unmoved[name] as string }
    return all
  }
}

/**
 * Writes rows by one statement each. Rejects if the first one fails. If a later one fails and certainly wrote nothing, it
 * and the rest are `null`: not tried.
 */
export async function inTurn<Write>(
  writes: readonly Write[],
  write: (write: Write) => Promise<boolean>,
  failureOf: (error: unknown) => BackendFailure,
): Promise<RowsWritten> {
  const written: (boolean | null)[] = []
  for (const next of writes) {
    try {
      written.push(await write(next))
    } catch (error) {
      if (written.length === 0 || !isHarmless(failureOf(error))) throw error
      return writes.map((_, index) => written[index] ?? null)
    }
  }
  return written
}
