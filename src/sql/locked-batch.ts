import type { RowsWritten } from '../core/backend/session-backend.js'
import type { SessionTable } from '../model/session-table.js'
import { assignments, guard } from './guarded-update.js'
import type { SqlTable } from './sql-table.js'
import type { Write } from './write.js'

type Source = (write: Write) => unknown

/** A write that goes with others: its number among the writes, its id, and the values that it sets. */
interface Row {
  readonly n: number
  readonly id: unknown
  readonly guard: readonly unknown[]
  readonly set: readonly unknown[]
}

/** A row that the select has locked: its number, and its id as it is stored, which a collation can hold for that of two rows. */
interface Found {
  readonly ksm_n: unknown
  readonly ksm_id: unknown
}

const serverQuery = "SELECT @@max_allowed_packet AS bytes, CONCAT(@@version, ' ', @@version_comment) AS version"

/** The mark in the text of the update where the values of a column stand. No name can have it. */
const gap = '\0'

/**
 * Many writes of one shape in one transaction, on MySQL and MariaDB, which do not tell the rows that an update has written.
 * A select locks the rows that the guard lets through, and returns their numbers. Then one update writes exactly these, as
 * nobody else can change them before the commit.
 *
 * Each row has its own part of the select, with the guard of a write that goes alone: it is looked up by its key, whatever
 * the size of the table, so that no other row is locked. Rows that another transaction has locked are skipped.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/innodb-locking-reads.html
 * @see https://mariadb.com/kb/en/select/#skip-locked
 */
export class LockedBatch<Connection> {
  readonly #table: SqlTable<Connection>
  readonly #limit: number
  readonly #id: { readonly quoted: string; readonly source: Source }
  readonly #guard: string
  readonly #guardSources: Source[] = []
  /** The assignments of the update, cut at the values. */
  readonly #assignments: readonly string[]
  readonly #setSources: Source[] = []

  /** Takes any write of the shape as the example. `limit` is the size of a statement in bytes. */
  constructor(table: SqlTable<Connection>, session: SessionTable, example: Write, limit: number) {
    const id = table.column(session.id)
    this.#table = table
    this.#limit = limit
    this.#id = { quoted: id.quoted, source: (write) => id.parameter(write.id) }
    this.#guard = guard(table, session, example, (_, source) => {
      this.#guardSources.push(source)
      return '?'
    })
    const set = assignments(table, session, example, (_, source) => {
      this.#setSources.push(source)
      return gap
    })
    this.#assignments = set.split(gap)
  }

  /**
   * Returns for each row whether it was written; `null` for a row that was not, or has a value that needs the ORM's own
   * update, or another type of value than the first row, or has no room in the statement.
   */
  async run(connection: Connection, writes: readonly Write[]): Promise<RowsWritten> {
    const written: (boolean | null)[] = new Array(writes.length).fill(null)
    const rows = this.#rows(writes)
    if (rows.size === 0) return written
    await this.#table.transaction(connection, async ({ select, update }) => {
      const values = [...rows.values()].flatMap((row) => row.guard)
      const found = (await select(this.#selection(rows.keys()), values)) as Found[]
      const free = found.flatMap(({ ksm_n, ksm_id }) => {
        const row = rows.get(Number(ksm_n)) as Row
        return String(ksm_id) === String(row.id) ? row : []
      })
      if (free.length > 0) await update(...this.#update(free))
      for (const { n } of free) written[n] = true
    })
    return written
  }

  /** The rows that can go together, by their numbers. */
  #rows(writes: readonly Write[]): Map<number, Row> {
    const rows = new Map<number, Row>()
    const types: (string | undefined)[] = []
    let room = this.#limit / 2
    for (const [n, write] of writes.entries()) {
      const id = this.#id.source(write)
      const row = { n, id, guard: valuesOf(this.#guardSources, write), set: valuesOf(this.#setSources, write) }
      if (row.guard.includes(undefined) || row.set.includes(undefined) || !haveTypes(row.set, types)) continue
      room -= row.set.reduce<number>((sum, value) => sum + bytesOf(id) + bytesOf(value), 0)
      if (room > 0) rows.set(n, row)
    }
    return rows
  }

  #selection(numbers: Iterable<number>): string {
    const from = `${this.#id.quoted} AS ksm_id FROM ${this.#table.name} ${this.#guard} FOR UPDATE SKIP LOCKED`
    const one = (n: number) => `(SELECT ${n} AS ksm_n, ${from})`
    return Array.from(numbers, one).join(' UNION ALL ')
  }

  /** The update of locked rows, and its values. Each column gets the value of its row by a `CASE`. */
  #update(rows: readonly Row[]): [sql: string, values: unknown[]] {
    const [table, { quoted }] = [this.#table, this.#id]
    const cases = `CASE ${quoted}${' WHEN ? THEN ?'.repeat(rows.length)} END`
    const places = rows.map(() => '?').join(', ')
    const values = this.#setSources.flatMap((_, index) => rows.flatMap(({ id, set }) => [id, set[index]]))
    return [
      `UPDATE ${table.name} FORCE INDEX (PRIMARY) SET ${this.#assignments.join(cases)} WHERE ${quoted} IN (${places})`,
      [...values, ...rows.map(({ id }) => id)],
    ]
  }
}

function valuesOf(sources: readonly Source[], write: Write): unknown[] {
  return sources.map((source) => source(write))
}

/** Whether the values have these types, which the first row sets: a `CASE` converts all of its values to one type. */
function haveTypes(values: readonly unknown[], types: (string | undefined)[]): boolean {
  const own = values.map((value) => (value === null ? undefined : typeof value))
  if (!own.every((type, index) => (type ?? types[index]) === (types[index] ?? type))) return false
  for (const [index, type] of own.entries()) types[index] ??= type
  return true
}

/** The most bytes that a literal takes. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return 32 + 3 * value.length
  return Buffer.isBuffer(value) ? 32 + 2 * value.length : 64
}

/**
 * Whether the server has its locks from InnoDB. These only speak MySQL's protocol, some with `ENGINE=InnoDB`, and take a lock
 * for a comment, or commit on one shard after another.
 */
export function hasLocksOfInnoDb(version: string): boolean {
  return !/tidb|vitess|oceanbase|dolt/i.test(version)
}

/** The most bytes of a statement; `undefined` if the table has no transactions that hold locks, or its key is another than the id. */
export async function packetLimit<Connection>(
  connection: Connection,
  table: SqlTable<Connection>,
  session: SessionTable,
): Promise<number | undefined> {
  const [created] = await table.ask(connection, `SHOW CREATE TABLE ${table.name}`, [])
  const definition = String(Object.values(created ?? {})[1]).replaceAll('"', '`') // as with ANSI_QUOTES
  if (!definition.includes(`PRIMARY KEY (${table.column(session.id).quoted}`)) return undefined
  if (!/^\) ENGINE=InnoDB\b/m.test(definition)) return undefined
  const [server] = await table.ask(connection, serverQuery, [])
  const { bytes, version } = server as { bytes: unknown; version: unknown }
  return hasLocksOfInnoDb(String(version)) ? Number(bytes) : undefined
}
