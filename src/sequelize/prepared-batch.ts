import { type Model, type ModelStatic, QueryTypes } from 'sequelize'
import type { RowsWritten } from '../core/backend.js'
import { columnTypesQuery, hasRefused } from '../model/postgres.js'
import type { SessionTable } from '../model/session-table.js'
import { apart } from './apart.js'
import { generatorOf, instanceOf } from './query-generator.js'
import { UpdateParts, type Value, type Write } from './update-parts.js'

/** What Sequelize gets with the statement: as in an update that returns rows. */
class Options {
  readonly transaction = apart.transaction
  readonly useMaster = apart.useMaster
  readonly type = QueryTypes.BULKUPDATE
  readonly returning = true
  readonly raw = true
  readonly plain = false
  readonly nest = false
  readonly model: ModelStatic<Model>
  readonly bind: unknown[]

  constructor(model: ModelStatic<Model>, bind: unknown[]) {
    this.model = model
    this.bind = bind
  }
}

/**
 * The statement for many writes of one shape, on PostgreSQL: Sequelize's own update, on a list of values.
 *
 * It never waits for a lock while it holds others: rows that somebody has locked are left out. So it can be in no
 * deadlock, and one slow row holds nobody up.
 */
export class PreparedBatch {
  readonly #model: ModelStatic<Model>
  readonly #values: readonly Value[]
  /** For each value. */
  readonly #casts: readonly string[]
  readonly #beginning: string
  readonly #end: string

  /** From any write of the shape, and the types of the columns. */
  constructor(model: ModelStatic<Model>, table: SessionTable, example: Write, types: Types) {
    const generator = generatorOf(model)
    const idColumn = model.getAttributes()[table.id]?.field ?? table.id
    const parts = new UpdateParts(model, table, example, (index, column) =>
      column === idColumn ? 'ksm_values.ksm_id' : `ksm_values.ksm_p${index}`,
    )
    const id = `ksm_row.${generator.quoteIdentifier(idColumn)}`
    const key = parts.values.findIndex(({ column }) => column === idColumn)
    const names = [...parts.values.map((_, index) => `ksm_p${index}`), 'ksm_n'].join(', ')
    this.#model = model
    this.#values = parts.values
    this.#casts = parts.values.map(({ column }) => `::${types.get(column) ?? types.get(column.toLowerCase())}`)
    this.#beginning = [
      `${parts.set} FROM (SELECT ${id} AS ksm_id, ksm_list.*`,
      `FROM ${generator.quoteTable(model.getTableName())} AS ksm_row JOIN (VALUES `,
    ].join(' ')
    this.#end = [
      `) AS ksm_list (${names}) ON ${id} = ksm_list.ksm_p${key}`,
      `FOR NO KEY UPDATE OF ksm_row SKIP LOCKED) AS ksm_values${parts.sql.slice(parts.set.length)}`,
      'RETURNING ksm_values.ksm_n AS n',
    ].join(' ')
  }

  /** Tells for each row whether it was written. */
  async run(writes: readonly Write[]): Promise<RowsWritten> {
    const written: (true | null)[] = Array(writes.length).fill(null)
    for (const { n } of await this.#query(writes)) written[n] = true
    return written
  }

  async #query(writes: readonly Write[]): Promise<readonly { readonly n: number }[]> {
    const bind: unknown[] = []
    const list = this.#list(writes, bind)
    if (list === '') return []
    const options = new Options(this.#model, bind)
    return (await instanceOf(this.#model).query(this.#beginning + list + this.#end, options as never)) as never
  }

  /**
   * The rows of the list, and their values in `bind`. What a row has in common with the one before is sent once. The first
   * row has the types. A row whose values must go the ORM's own way is left out.
   */
  #list(writes: readonly Write[], bind: unknown[]): string {
    const rows: string[] = []
    const places: string[] = []
    let last: readonly unknown[] = []
    for (const [n, write] of writes.entries()) {
      const values = this.#values.map((value) => value.bind(write))
      if (values.includes(undefined)) continue
      for (const [index, value] of values.entries()) {
        if (rows.length > 0 && value === last[index]) continue
        places[index] = `$${bind.push(value)}`
      }
      const cells = rows.length > 0 ? places : places.map((place, index) => place + this.#casts[index])
      rows.push(`(${cells.join(', ')}, ${n})`)
      last = values
    }
    return rows.join(', ')
  }
}

/** Whether the database has answered that it wrote nothing. */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && hasRefused((error as { parent?: unknown }).parent)
}

/** The types of the columns of a table, by their names. */
export type Types = ReadonlyMap<string, string>

/** Asks the database. */
export async function typesOf(model: ModelStatic<Model>): Promise<Types> {
  const bind = [generatorOf(model).quoteTable(model.getTableName())]
  const options = { ...apart, type: QueryTypes.SELECT, raw: true, plain: false, nest: false, bind } as const
  const columns = await instanceOf(model).query<{ name: string; type: string }>(columnTypesQuery, options)
  return new Map(columns.map(({ name, type }) => [name, type]))
}
