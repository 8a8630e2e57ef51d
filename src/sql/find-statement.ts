import type { SessionRow } from '../core/backend/session-backend.js'
import type { SessionTable } from '../model/session-table.js'
import type { IdParameter, SqlTable } from './sql-table.js'
import { StandbyGuard } from './standby-guard.js'
import type { Write } from './write.js'

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

/** The statement that finds rows by their ids: one text for a single id, and one for any number of them. */
export class FindStatement<Connection> {
  /** What keeps this find from the answers of standbys, and other selects of the table. */
  readonly guard: StandbyGuard<Connection>
  readonly #table: SqlTable<Connection>
  readonly #session: SessionTable
  readonly #one: string
  readonly #many: string
  /** The parameters that are not ids. */
  readonly #others: unknown[] = []

  constructor(table: SqlTable<Connection>, session: SessionTable) {
    this.#table = table
    this.#session = session
    this.guard = new StandbyGuard(table)
    const columns = session.properties.map((property) => table.column(property))
    const select = columns.map(({ read, alias }) => `${read} AS ${alias}`).join(', ')
    const conditions = table.conditions((_, source) => table.place(this.#others.push(source(noWrite)) + 1))
    const statement = ({ condition }: IdParameter): string => {
      const where = [condition(table.column(session.id).compared, table.place(1)), ...conditions]
      return `SELECT ${select} FROM ${table.name} WHERE ${where.join(' AND ')}`
    }
    this.#one = statement(table.id)
    this.#many = statement(table.ids)
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
    const table = this.#table
    const isOne = ids.length === 1
    const value = isOne ? table.id.value(ids) : table.ids.value(ids)
    return this.guard.find(connection, isOne ? this.#one : this.#many, [value, ...this.#others])
  }
}

/** The write that conditions are bound for: none, as their values are the same in every statement. */
const noWrite = undefined as unknown as Write
