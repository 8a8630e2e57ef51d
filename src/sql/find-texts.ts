import type { SessionTable } from '../model/session-table.js'
import type { Partitions } from './partitions.js'
import type { IdParameter, SqlTable } from './sql-table.js'
import type { Write } from './write.js'

/** A statement with its parameters. */
export interface FindQuery {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/** The texts of the statement that finds rows by their ids: one for a single id, one for any number, two for partitions. */
export class FindTexts {
  readonly #table: SqlTable<never>
  readonly #session: SessionTable
  readonly #select: string
  /** The conditions besides that on the id. */
  readonly #conditions: string
  /** The parameters of these conditions. They stand behind the first id. */
  readonly #others: unknown[] = []
  readonly #one: string
  readonly #many: string

  /** @param condition A condition that each row must meet besides, if any. */
  constructor(table: SqlTable<never>, session: SessionTable, condition?: string) {
    this.#table = table
    this.#session = session
    const columns = session.properties.map((property) => table.column(property))
    const conditions = table.conditions((_, source) => this.#place(this.#others.push(source(noWrite)) + 1))
    const all = condition === undefined ? conditions : [...conditions, condition]
    this.#select = `SELECT ${columns.map(({ read, alias }) => `${read} AS ${alias}`).join(', ')} FROM ${table.name}`
    this.#conditions = all.map((one) => ` AND ${one}`).join('')
    this.#one = this.#textFor(table.id, 1)
    this.#many = this.#textFor(table.ids, 1)
  }

  /** Finds rows by a condition on all ids. */
  any(ids: readonly string[]): FindQuery {
    const { id, ids: list } = this.#table
    if (ids.length === 1) return { sql: this.#one, parameters: [id.value(ids), ...this.#others] }
    return { sql: this.#many, parameters: [list.value(ids), ...this.#others] }
  }

  /** Finds rows of a partitioned table. */
  partitioned(ids: readonly string[], partitions: Partitions): FindQuery {
    if (ids.length === 1) return this.any(ids)
    return ids.length < partitions.count ? this.#byUnion(ids) : this.#byJoin(ids, partitions)
  }

  /** Finds rows by a part of the statement for each id. */
  #byUnion(ids: readonly string[]): FindQuery {
    const { id } = this.#table
    const parts = ids.map((_, n) => (n === 0 ? this.#one : this.#textFor(id, this.#others.length + 1 + n)))
    const [first, ...rest] = ids.map((one) => id.value([one]))
    return { sql: parts.join(' UNION ALL '), parameters: [first, ...this.#others, ...rest] }
  }

  /** Finds rows by a join of the list of ids with the table. */
  #byJoin(ids: readonly string[], { idType }: Partitions): FindQuery {
    const table = this.#table
    const row = `${this.#select} WHERE ${table.column(this.#session.id).compared} = ksm_ids.ksm_id${this.#conditions} OFFSET 0`
    const place = this.#place(1)
    const list = `unnest(${table.ids.array?.(place) ?? place}::${idType}[]) AS ksm_ids (ksm_id)`
    const sql = `SELECT ksm_row.* FROM ${list} CROSS JOIN LATERAL (${row}) AS ksm_row`
    return { sql, parameters: [table.ids.value(ids), ...this.#others] }
  }

  #place(number: number): string {
    return this.#table.findPlace?.(number) ?? this.#table.place(number)
  }

  #textFor({ condition }: IdParameter, place: number): string {
    const { compared } = this.#table.column(this.#session.id)
    return `${this.#select} WHERE ${condition(compared, this.#place(place))}${this.#conditions}`
  }
}

/** The write that conditions are bound for: none, as their values are the same in every statement. */
const noWrite = undefined as unknown as Write
