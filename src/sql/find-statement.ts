import type { SessionRow } from '../core/backend/session-backend.js'
import type { SessionTable } from '../model/session-table.js'
import { type Partitions, partitionsOf } from './partitions.js'
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
  /** `undefined` until it was asked for, `null` if there are none. */
  #partitions: Partitions | null | undefined

  constructor(table: SqlTable<Connection>, session: SessionTable) {
    this.#table = table
    this.#session = session
    const columns = session.properties.map((property) => table.column(property))
    const conditions = table.conditions((_, source) => this.#place(this.#others.push(source(noWrite)) + 1))
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
    if (this.#partitions === undefined) {
      this.#partitions = await partitionsOf(table, table.column(this.#session.id).name, connection)
    }
    if (this.#partitions && ids.length < this.#partitions.count) return this.#queryEach(connection, ids)
    const sql = this.#partitions ? this.#joined(this.#partitions) : this.#many
    return table.find(connection, sql, [table.ids.value(ids), ...this.#others])
  }

  /** Finds rows by a part of the statement for each id. */
  #queryEach(connection: Connection, ids: readonly string[]): Promise<readonly object[]> {
    const { id } = this.#table
    const parts = ids.map((_, n) => (n === 0 ? this.#one : this.#textFor(id, this.#others.length + 1 + n)))
    const [first, ...rest] = ids.map((one) => id.value([one]))
    return this.#table.find(connection, parts.join(' UNION ALL '), [first, ...this.#others, ...rest])
  }

  /** The statement that joins a list of ids with the table. */
  #joined({ idType }: Partitions): string {
    const table = this.#table
    const row = `${this.#select} WHERE ${table.column(this.#session.id).compared} = ksm_id${this.#conditions}`
    const place = this.#place(1)
    const list = `unnest(${table.ids.array?.(place) ?? place}::${idType}[]) AS ksm_ids (ksm_id)`
    return `SELECT ksm_row.* FROM ${list} CROSS JOIN LATERAL (${row} OFFSET 0) AS ksm_row`
  }

  #place(number: number): string {
    return this.#table.findPlace?.(number) ?? this.#table.place(number)
  }

  #textFor({ condition }: IdParameter, place: number): string {
    const { compared } = this.#table.column(this.#session.id)
    const isWanted = condition(compared, this.#place(place))
    return `${this.#select} WHERE ${isWanted}${this.#conditions}`
  }
}

/** The write that conditions are bound for: none, as their values are the same in every statement. */
const noWrite = undefined as unknown as Write
