import type { RegisteredModel } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { isReachable, type Server } from './databases.js'

/** What a row of the matrix is opened with. */
export interface OpenOptions {
  /** The table; each test file uses its own. */
  readonly table: string
  /** Whether the table is created anew. Default `true`; `false` opens the one that another process has made. */
  readonly create?: boolean
  /** The file of an SQLite database. Default: in memory. */
  readonly file?: string
  /** The time zone of the connection, as `+09:00`, where the driver can be told one. */
  readonly timezone?: string
  /** Whether the model has the column `lastSeenAt`. Default `false`. */
  readonly lastSeen?: boolean
  /** The clock of the model. */
  readonly now?: () => number
  /** Hears of every statement that is sent. */
  readonly onStatement?: (sql: string) => void
}

/** An ORM on a database with a registered model. */
export interface OpenModel {
  readonly model: RegisteredModel<TestColumns>
  /** How many rows match the model's own condition, asked through the ORM. */
  count(state: 'expired' | 'active'): Promise<number>
  /** Deletes by the model's own condition, through the ORM. */
  remove(state: 'expired' | 'active'): Promise<number>
  /** The row, as the ORM gives it. */
  row(id: string): Promise<{ expired: boolean; active: boolean; expires: Date } | null>
  /** Everything in the table, as a dump of the database has it. */
  dump(): Promise<Record<string, unknown>[]>
  /** Runs a statement, in which `?` is the table's name, quoted. */
  execute(sql: string): Promise<void>
  close(): Promise<void>
}

/** One ORM on one database through one driver. */
export interface MatrixRow {
  readonly name: string
  readonly server?: Server
  open(options: OpenOptions): Promise<OpenModel>
}

/**
 * The rows whose database can be reached. The others are tests that are left out, and fail the run if `REQUIRE_DATABASES` is
 * set. Outside of mocha, as in the stress test's own program, they are named on the console.
 */
export async function reachable<Row extends Pick<MatrixRow, 'name' | 'server'>>(rows: readonly Row[]): Promise<Row[]> {
  const found = await Promise.all(rows.map(({ server }) => (server ? isReachable(server) : true)))
  const missing = rows.filter((_, index) => !found[index])
  const detach = typeof it === 'function' ? (title: string) => void it(title) : console.error
  for (const { name } of missing) detach(`no server to reach: ${name}`)
  if (missing.length > 0 && process.env.REQUIRE_DATABASES) throw new Error('A database of the matrix is missing.')
  return rows.filter((_, index) => found[index])
}
