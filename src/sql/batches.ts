import type { RowsWritten } from '../core/backend/session-backend.js'
import type { SessionTable } from '../model/session-table.js'
import { isBatchRefused, isUnsupported } from './batch-refusal.js'
import { BatchStatement } from './batch-statement.js'
import type { ColumnTypes } from './bound-values.js'
import { LockedBatch, packetLimit } from './locked-batch.js'
import { partitionsOf } from './partitions.js'
import { SeparateUpdates } from './separate-updates.js'
import type { SqlTable } from './sql-table.js'
import { StatementCache, type Write } from './write.js'

/** The statements for several writes of one shape. */
interface Batch<Connection> {
  run(connection: Connection, writes: readonly Write[]): Promise<RowsWritten>
}

/** Writes several rows of one table together: in one statement on PostgreSQL and SQLite, in one transaction on MySQL and MariaDB. */
export class Batches<Connection> {
  readonly #table: SqlTable<Connection>
  readonly #session: SessionTable
  readonly #separate: SeparateUpdates<Connection>
  #statements: StatementCache<Batch<Connection>> | undefined
  #areUnsupported = false
  /** The number of rows from which one joined statement is used. Below it, on a partitioned table, each row has its own update. */
  #joinThreshold = 0

  constructor(table: SqlTable<Connection>, session: SessionTable) {
    this.#table = table
    this.#session = session
    this.#separate = new SeparateUpdates(table, session)
  }

  /** Whether batches are possible; `false` once the database turns out to be too old for them, or not to have them. */
  get arePossible(): boolean {
    return !this.#areUnsupported
  }

  /**
   * Returns for each row whether it was written; `null` for rows that are to be written alone: they have another shape than
   * the first one, change an id, have a validator, or were refused.
   */
  async write(connection: Connection, writes: readonly Write[]): Promise<RowsWritten> {
    const [example] = writes
    if (!example || this.#session.id in example.record) return writes.map(() => null)
    if (this.#table.isGuarded(Object.keys(example.record))) return writes.map(() => null)
    const { shape } = example
    if (writes.every((write) => write.shape === shape)) return this.#run(connection, example, writes)
    const same = writes.filter((write) => write.shape === shape)
    const written = await this.#run(connection, example, same)
    return writes.map((write) => written[same.indexOf(write)] ?? null)
  }

  async #run(connection: Connection, example: Write, writes: readonly Write[]): Promise<RowsWritten> {
    try {
      const statements = this.#statements ?? (await this.#prepare(connection))
      if (statements && writes.length < this.#joinThreshold) return await this.#separate.run(connection, writes)
      if (statements) return await statements.for(example).run(connection, writes)
    } catch (error) {
      const driverError = this.#table.driverErrorOf(error)
      if (!isBatchRefused(this.#table.database, driverError)) throw error
      this.#areUnsupported ||= isUnsupported(driverError)
    }
    return writes.map(() => null)
  }

  /** Prepares the statements; `undefined` if the database is too old. */
  async #prepare(connection: Connection): Promise<StatementCache<Batch<Connection>> | undefined> {
    const [table, session] = [this.#table, this.#session]
    this.#joinThreshold = (await partitionsOf(table, table.column(session.id).name, connection))?.count ?? 0
    if (table.database === 'mysql') return this.#prepareLocked(connection)
    const types = table.database === 'postgres' ? await typesOf(connection, table) : undefined
    if (!types && !(await knowsReturning(connection, table))) this.#areUnsupported = true
    else this.#statements = new StatementCache((example) => new BatchStatement(table, session, example, types))
    return this.#statements
  }

  /** Prepares the transactions; `undefined` if the table has none. */
  async #prepareLocked(connection: Connection): Promise<StatementCache<Batch<Connection>> | undefined> {
    const [table, session] = [this.#table, this.#session]
    const limit = await packetLimit(connection, table, session)
    if (limit === undefined) this.#areUnsupported = true
    else this.#statements = new StatementCache((example) => new LockedBatch(table, session, example, limit))
    return this.#statements
  }
}

/**
 * The query for the types of a table's columns, without lengths: a cast to a length would cut off a value that must be
 * refused.
 */
const columnTypes =
  'SELECT attname AS name, format_type(atttypid, -1) AS type FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0'

async function typesOf<Connection>(connection: Connection, table: SqlTable<Connection>): Promise<ColumnTypes> {
  const columns = await table.ask(connection, columnTypes, [table.name])
  return new Map((columns as { name: string; type: string }[]).map(({ name, type }) => [name, type]))
}

/** Whether SQLite has `RETURNING`, which it has since 3.35. */
async function knowsReturning<Connection>(connection: Connection, table: SqlTable<Connection>): Promise<boolean> {
  const [row] = await table.ask(connection, 'SELECT sqlite_version() AS version', [])
  const [major = 0, minor = 0] = (row as { version: string }).version.split('.').map(Number)
  return major > 3 || (major === 3 && minor >= 35)
}
