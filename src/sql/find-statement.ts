import type { SessionRow } from '../core/backend/session-backend.js'
import type { SessionTable } from '../model/session-table.js'
import { isPartitioned } from './partitions.js'
import type { IdParameter, SqlTable } from './sql-table.js'
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
  readonly #table: SqlTable<Connection>
  readonly #session: SessionTable
  readonly #select: string
  /** The conditions besides that on the id. */
  readonly #conditions: string
  /** The parameters of these conditions. They stand behind the first id. */
  readonly #others: unknown[] = []
  readonly #one: string
  readonly #many: string
  #isPartitioned: boolean | undefined

  constructor(table: SqlTable<Connection>, session: SessionTable) {
    this.#table = table
    this.#session = session
    const columns = session.properties.map((property) => table.column(property))
    const conditions = table.conditions((_, source) => table.findPlace(this.#others.push(source(noWrite)) + 1))
    this.#select = `SELECT ${columns.map(({ read, alias }) => `${read} AS ${alias}`).join(', ')} FROM ${table.name}`
    this.#conditions = conditions.map((condition) => ` AND ${condition}`).join('')
    this.#one = this.#textFor(table.id, 1)
    this.#many = this.#textFor(table.ids, 1)
  }

  /** The rows with exactly these ids. MySQL and MariaDB also find ids that differ in blanks at the end, which are left out. */
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

  async #query(connection: Connection, ids: readonly string[]): Promise<readonly object[]> {
    const table = this.#table
    if (ids.length === 1) return table.find(connection, this.#one, [table.id.value(ids), ...this.#others])
    this.#isPartitioned ??= await isPartitioned(table, connection)
    if (this.#isPartitioned) return this.#queryEach(connection, ids)
    return table.find(connection, this.#many, [table.ids.value(ids), ...this.#others])
  }

  /** One part of the statement for each id: on a partitioned table each part reads one partition. */
  #queryEach(connection: Connection, ids: readonly string[]): Promise<readonly object[]> {
    const { id } = this.#table
    const parts = ids.map((_, n) => (n === 0 ? this.#one : this.#textFor(id, this.#others.length + 1 + n)))
    const [first, ...rest] = ids.map((one) => id.value([one]))
    return this.#table.find(connection, parts.join(' UNION ALL '), [first, ...this.#others, ...rest])
  }

  #textFor({ condition }: IdParameter, place: number): string {
    const { compared } = this.#table.column(this.#session.id)
    const isWanted = condition(compared, this.#table.findPlace(place))
    return `${this.#select} WHERE ${isWanted}${this.#conditions}`
  }
}

/** The write that conditions are bound for: none, as their values are the same in every statement. */
const noWrite = undefined as unknown as Write
