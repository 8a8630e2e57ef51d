import { isUnsupported } from './batch-refusal.js'
import type { SqlTable } from './sql-table.js'

/** A condition that is false on every standby. It costs a read some microseconds. */
export const onPrimary = 'NOT pg_catalog.pg_is_in_recovery()'

/**
 * The condition that is true on a primary, and that a standby refuses with 25006, whatever the rest of the statement finds: the
 * function that gives a transaction its number is called there only. A read costs some 20 microseconds more.
 */
export const provenPrimary =
  '(SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.txid_current() END) IS NULL'

/** The codes for an unknown function, and for a role that must not call it. */
const refusals: ReadonlySet<unknown> = new Set(['42883', '42501'])

/** Whether the database cannot run the guard. Other databases than PostgreSQL speak its protocol. */
function isRefusal(driverError: unknown): boolean {
  return refusals.has((driverError as { code?: unknown } | undefined)?.code) || isUnsupported(driverError)
}

/**
 * What a table's selects need against standbys. It is off where there are none, and from the time on at which the database has
 * refused it.
 */
export class StandbyGuard<Connection> {
  readonly #table: SqlTable<Connection>
  /** `undefined` until the database was asked. */
  #isOn: boolean | undefined

  constructor(table: SqlTable<Connection>) {
    this.#table = table
    if (table.database !== 'postgres') this.#isOn = false
  }

  /** Runs `guarded`, or `plain` if the guard is off or is refused now. */
  async run<T>(guarded: () => Promise<T>, plain: () => Promise<T>): Promise<T> {
    if (this.#isOn === false) return plain()
    try {
      return await guarded()
    } catch (error) {
      if (!isRefusal(this.#table.driverErrorOf(error))) throw error
      const answer = await plain()
      this.#isOn = false // not earlier: only now it is sure that the guard was to blame
      return answer
    }
  }

  /** Runs a select of the ORM's own, with a condition for it to add. Rejects if a standby has answered. */
  async select<Row>(connection: Connection, run: (condition?: string) => Promise<Row[]>): Promise<Row[]> {
    const confirm = (): Promise<void> => this.#confirm(connection)
    // Before listeners of the application run, which a refusal would repeat.
    if (this.#isOn === undefined) await this.run(confirm, async () => {})
    if (!this.#isOn) return run()
    const found = await run(onPrimary)
    if (found.length === 0) await confirm()
    return found
  }

  /** Rejects on a standby. */
  async #confirm(connection: Connection): Promise<void> {
    await this.#table.ask(connection, `SELECT 1 WHERE ${provenPrimary}`, [])
    this.#isOn = true
  }
}
