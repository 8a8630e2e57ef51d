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
  /** Whether the database has standbys, and knows the guard; `undefined` until it was asked. */
  #isOn: boolean | undefined

  constructor(table: SqlTable<Connection>) {
    this.#table = table
    if (table.database !== 'postgres') this.#isOn = false
  }

  /** Runs a find by its text, which ends with its conditions. Rejects if a standby has answered. */
  find(connection: Connection, sql: string, parameters: readonly unknown[]): Promise<readonly object[]> {
    const find = (text: string): Promise<readonly object[]> => this.#table.find(connection, text, parameters)
    if (this.#isOn === false) return find(sql)
    const guarded = `${sql} AND ${onPrimary}`
    return this.#unlessRefused(
      async () => {
        const found = await find(guarded)
        return found.length > 0 ? found : await find(`${guarded} FOR KEY SHARE`)
      },
      () => find(sql),
    )
  }

  /** Runs a select of the ORM's own, with a condition for it to add. Rejects if a standby has answered. */
  async select<Row>(connection: Connection, run: (condition?: string) => Promise<Row[]>): Promise<Row[]> {
    const confirm = (): Promise<void> => this.#confirm(connection)
    if (this.#isOn === undefined) await this.#unlessRefused(confirm, async () => {})
    if (!this.#isOn) return run()
    const found = await run(onPrimary)
    if (found.length === 0) await confirm()
    return found
  }

  /** Rejects on a standby. */
  async #confirm(connection: Connection): Promise<void> {
    await this.#table.ask(connection, `SELECT 1 FROM ${this.#table.name} WHERE ${onPrimary} LIMIT 0 FOR KEY SHARE`, [])
    this.#isOn = true
  }

  async #unlessRefused<T>(guarded: () => Promise<T>, plain: () => Promise<T>): Promise<T> {
    try {
      return await guarded()
    } catch (error) {
      const { code } = (this.#table.driverErrorOf(error) ?? {}) as { code?: unknown }
      if (!refusals.has(code)) throw error
      this.#isOn = false
      return plain()
    }
  }
}
