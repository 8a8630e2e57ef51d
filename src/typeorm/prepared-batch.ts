import { type DataSource, type ObjectLiteral, QueryFailedError, type QueryRunner } from 'typeorm'
import type { RowsWritten } from '../core/backend/session-backend.js'
import type { Constructor } from '../model/metadata.js'
import { columnTypesQuery, hasRefused } from '../model/postgres.js'
import type { SessionTable } from '../model/session-table.js'
import { type BatchValue, batchParts } from './batch-parts.js'
import type { Write } from './update-parts.js'

/** Stands for the rows of values in the statement. */
const marker = ':ksm_rows:'

/**
 * The statement for many writes of one shape, on PostgreSQL: TypeORM's own update, on a list of values.
 *
 * It never waits for a lock while it holds others: rows that somebody has locked are left out. So it can be in no
 * deadlock, and one slow row holds nobody up.
 */
export class PreparedBatch {
  readonly #values: readonly BatchValue[]
  readonly #types: Types
  readonly #beginning: string
  readonly #end: string

  /** From any write of the shape, and the types of the columns. */
  constructor(dataSource: DataSource, entity: Constructor, table: SessionTable, example: Write, types: Types) {
    const { set, where, values, names, id } = batchParts(dataSource, entity, table, example)
    const from = `FROM (${freeRows(dataSource, entity, table, id)}) AS ksm_values (${names.join(', ')}, ksm_n)`
    const [beginning = '', end = ''] = `${set} ${from}${where} RETURNING ksm_n AS n`.split(marker)
    this.#values = values
    this.#types = types
    this.#beginning = beginning
    this.#end = end
  }

  /** Tells for each row whether it was written. */
  async run(runner: QueryRunner, writes: readonly Write[]): Promise<RowsWritten> {
    const parameters: unknown[] = []
    const sql = this.#beginning + this.#rows(writes, parameters) + this.#end
    const written: (boolean | null)[] = new Array(writes.length).fill(null)
    const { records } = await runner.query(sql, parameters, true)
    for (const { n } of records as { n: number }[]) written[n] = true
    return written
  }

  /** The rows, and their parameters. The first has the types. A value that the row before has too is the same parameter. */
  #rows(writes: readonly Write[], parameters: unknown[]): string {
    const numbers: number[] = []
    let rows = ''
    for (let n = 0; n < writes.length; n++) {
      rows += n === 0 ? '(' : '), ('
      for (let index = 0; index < this.#values.length; index++) {
        const { source, column } = this.#values[index] as BatchValue
        const value = source(writes[n] as Write)
        const before = numbers[index]
        const isNew = before === undefined || !isSame(value, parameters[before - 1])
        const number = isNew ? parameters.push(value) : before
        numbers[index] = number
        rows += n === 0 ? `$${number}::${this.#types.get(column)}, ` : `$${number}, `
      }
      rows += n
    }
    return `${rows})`
  }
}

/** Times are mostly the same in all rows, and the driver is slow at writing dates. */
function isSame(value: unknown, before: unknown): boolean {
  if (value instanceof Date && before instanceof Date) return value.getTime() === before.getTime()
  return value === before
}

/** Whether the database has answered that it wrote nothing. */
export function isRefused(error: unknown): boolean {
  return error instanceof QueryFailedError && hasRefused(error.driverError)
}

/** The types of the columns of a table, by their names. */
export type Types = ReadonlyMap<string, string>

/** Asks the database. */
export async function typesOf(runner: QueryRunner, entity: Constructor): Promise<Types> {
  const { connection } = runner
  const path = connection.getMetadata(entity).tablePath.split('.')
  const table = path.map((name) => connection.driver.escape(name)).join('.')
  const columns: { name: string; type: string }[] = await runner.query(columnTypesQuery, [table])
  return new Map(columns.map(({ name, type }) => [name, type]))
}

/** The values, with those of the rows that nobody has locked. `id` is the place of the id in them. */
function freeRows(dataSource: DataSource, entity: Constructor, table: SessionTable, id: number): string {
  return dataSource
    .createQueryBuilder(entity as Constructor<ObjectLiteral>, 'session')
    .withDeleted()
    .select('ksm_list.*')
    .innerJoin(`(VALUES ${marker})`, 'ksm_list', `session.${table.id} = ksm_list.column${id + 1}`)
    .setLock('for_no_key_update', undefined, ['session'])
    .setOnLocked('skip_locked')
    .getQuery()
}
