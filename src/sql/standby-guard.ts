import type { SqlTable } from './sql-table.js'

/** The condition that no row of a standby meets. It costs a read some microseconds. */
const onPrimary = 'NOT pg_catalog.pg_is_in_recovery()'

/**
 * The codes of databases that cannot run the guard: the function or the lock is unknown, or the role may only read. Other
 * databases than PostgreSQL speak its protocol.
 */
const refusals: ReadonlySet<unknown> = new Set(['42883', '42501', '42601', '0A000'])

/**
 * Keeps loads from taking the answer of a standby of PostgreSQL for the truth, whatever proxy or pooler has led there: its
 * rows may be old, and a session that it does not have yet may exist.
 *
 * The statement itself asks for the role of its server, since only that one has answered. A standby finds nothing; and when
 * nothing is found, the same find with a lock is sent, which a standby refuses with 25006.
 *
 * @see https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-USERS
 */
export class StandbyGuard<Connection> {
  readonly #table: SqlTable<Connection>
  #isOn: boolean

  constructor(table: SqlTable<Connection>) {
    this.#table = table
    this.#isOn = table.database === 'postgres'
  }

  /** Whether the database has standbys, and knows the guard. */
  get isOn(): boolean {
    return this.#isOn
  }

  /** Runs a find. Rejects if a standby has answered. */
  async find(connection: Connection, sql: string, parameters: readonly unknown[]): Promise<readonly object[]> {
    if (!this.#isOn) return this.#table.find(connection, sql, parameters)
    try {
      const guarded = `${sql} AND ${onPrimary}`
      const found = await this.#table.find(connection, guarded, parameters)
      return found.length > 0 ? found : await this.#table.find(connection, `${guarded} FOR KEY SHARE`, parameters)
    } catch (error) {
      if (!refusals.has((this.#table.driverErrorOf(error) as { code?: unknown }).code)) throw error
      this.#isOn = false
      return this.#table.find(connection, sql, parameters)
    }
  }
}
