import type { SessionRow } from '../core/backend/session-backend.js'
import type { SessionTable } from '../model/session-table.js'
import { FindTexts } from './find-texts.js'
import { type Partitions, partitionsOf } from './partitions.js'
import type { IdParameter, SqlTable } from './sql-table.js'
import { onPrimary, provenPrimary, StandbyGuard } from './standby-guard.js'

/** The forms in which ids become one parameter. Drivers for MySQL and MariaDB expand an array into its values. */
export const idParameters = {
  equal: { condition: (id, place) => `${id} = ${place}`, value: ([id]) => id },
  any: { condition: (id, place) => `${id} = ANY(${place})`, value: (ids) => ids },
  list: { condition: (id, place) => `${id} IN (${place})`, value: (ids) => ids },
  json: {
    condition: (id, place) => `${id} IN (SELECT value FROM json_each(${place}))`,
    value: (ids) => JSON.stringify(ids),
  },
} satisfies Record<string, IdParameter>

/**
 * The statement that finds rows by their ids.
 *
 * It never takes the answer of a standby of PostgreSQL for the truth, whatever proxy or pooler has led there: rows of a standby
 * may be old, and a session that it does not have yet may exist. The statement itself asks for the role of its server, since only
 * that one has answered. A standby finds nothing; and when nothing is found, the find is sent again in a form that
 * a standby refuses.
 *
 * @see https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-USERS
 */
export class FindStatement<Connection> {
  /** What keeps other selects of the table from the answers of standbys too. */
  readonly guard: StandbyGuard<Connection>
  readonly #table: SqlTable<Connection>
  readonly #session: SessionTable
  readonly #plain: FindTexts
  /** The texts with the guard against standbys; `undefined` where there are none. */
  readonly #guarded: FindTexts | undefined
  /** The texts that a standby refuses. */
  readonly #proving: FindTexts
  /** `undefined` until it was asked for, `null` if there are none. */
  #partitions: Partitions | null | undefined

  constructor(table: SqlTable<Connection>, session: SessionTable) {
    this.#table = table
    this.#session = session
    this.guard = new StandbyGuard(table)
    this.#plain = new FindTexts(table, session)
    this.#proving = new FindTexts(table, session, provenPrimary)
    if (table.database === 'postgres') this.#guarded = new FindTexts(table, session, onPrimary)
  }

  /**
   * The rows with exactly these ids. Rejects if a standby of PostgreSQL has answered. MySQL and MariaDB also find
   * ids that differ in blanks at the end, which are left out.
   */
  async find(connection: Connection, ids: readonly string[]): Promise<SessionRow[]> {
    const found = await this.#query(connection, ids)
    const rows: SessionRow[] = []
    const wanted = ids.length === 1 ? undefined : new Set(ids)
    for (const one of found) {
      const row = this.#session.toRow(this.#table.recordOf(one))
      if (wanted ? wanted.has(row.id) : row.id === ids[0]) rows.push(row)
    }
    return rows
  }

  #query(connection: Connection, ids: readonly string[]): Promise<readonly object[]> {
    const guarded = this.#guarded
    const plain = (): Promise<readonly object[]> => this.#send(connection, this.#plain, ids)
    if (!guarded) return plain()
    return this.guard.run(async () => {
      const found = await this.#send(connection, guarded, ids)
      return found.length > 0 ? found : this.#send(connection, this.#proving, ids)
    }, plain)
  }

  async #send(connection: Connection, texts: FindTexts, ids: readonly string[]): Promise<readonly object[]> {
    const partitions = ids.length > 1 ? await this.#partitionsOn(connection) : null
    const { sql, parameters } = partitions ? texts.partitioned(ids, partitions) : texts.any(ids)
    return this.#table.find(connection, sql, parameters)
  }

  async #partitionsOn(connection: Connection): Promise<Partitions | null | undefined> {
    if (this.#partitions === undefined) {
      this.#partitions = await partitionsOf(this.#table, this.#table.column(this.#session.id).name, connection)
    }
    return this.#partitions
  }
}
