import { type DataSource, type ObjectLiteral, QueryFailedError, type QueryRunner } from 'typeorm'
import type { RowsWritten } from '../core/backend.js'
import type { Constructor } from '../model/metadata.js'
import type { SessionTable } from '../model/session-table.js'
import { type Source, UpdateParts, type Write } from './update-parts.js'

/** A value of the statement: where it comes from, and the property and column whose type it has. */
interface Value {
  readonly source: Source
  readonly property: string
  readonly column: string
}

/**
 * The statement for many writes of one shape, on PostgreSQL: TypeORM's own update, on a list of values.
 *
 * It never waits for a lock while it holds others: rows that somebody has locked are left out. So it can be in no
 * deadlock, and one slow row holds nobody up.
 */
export class PreparedBatch {
  readonly #values: readonly Value[]
  readonly #types: ReadonlyMap<string, string>
  readonly #beginning: string
  readonly #end: string

  /** From any write of the shape, and the types of the columns. */
  constructor(dataSource: DataSource, entity: Constructor, table: SessionTable, example: Write, types: Types) {
    const { columns } = dataSource.getMetadata(entity)
    const values: Value[] = []
    const parts = new UpdateParts(dataSource, entity, (source, property) => {
      const column = columns.find((one) => one.propertyName === property)?.databaseName ?? property
      values.push({ source, property, column })
      return `session_values.ksm_p${values.length - 1}`
    })
    const update = parts.update(example)
    const set = update.getQuery()
    const where = update.where(parts.where(table, example)).getQuery().slice(set.length)
    const id = values.findIndex(({ property }) => property === table.id)
    this.#values = values
    this.#types = types
    this.#beginning = `WITH session_values (${values.map((_, index) => `ksm_p${index}`).join(', ')}, ksm_n) AS (VALUES `
    this.#end = [
      `), session_free AS (${freeRows(dataSource, entity, table, `SELECT ksm_p${id} FROM session_values`)})`,
      `${set} FROM session_values JOIN session_free ON session_free.ksm_id = session_values.ksm_p${id}`,
      `${where} RETURNING session_values.ksm_n AS n`,
    ].join(' ')
  }

  /** Tells for each row whether it was written. */
  async run(runner: QueryRunner, writes: readonly Write[]): Promise<RowsWritten> {
    const parameters = writes.flatMap((write) => this.#values.map(({ source }) => source(write)))
    const sql = this.#beginning + this.#list(writes.length) + this.#end
    const written: boolean[] = Array(writes.length).fill(false)
    const { records } = await runner.query(sql, parameters, true)
    for (const { n } of records as { n: number }[]) written[n] = true
    return written.map((isWritten) => isWritten || null)
  }

  /** As many rows of parameters. The first has the types. */
  #list(count: number): string {
    const width = this.#values.length
    const row = (_: unknown, n: number): string => {
      const cells = this.#values.map(({ column }, index) => {
        const cast = n === 0 ? `::${this.#types.get(column)}` : ''
        return `$${n * width + index + 1}${cast}`
      })
      return `(${[...cells, n].join(', ')})`
    }
    return Array.from({ length: count }, row).join(', ')
  }
}

/** Whether the database has answered that it wrote nothing. One that ends the connection may do so after the commit. */
export function isRefused(error: unknown): boolean {
  if (!(error instanceof QueryFailedError) || !('severity' in error.driverError)) return false
  const { code } = error.driverError as { code?: unknown }
  return typeof code === 'string' && !/^(08|57P)/.test(code)
}

/** The types of the columns of a table, by their names. */
export type Types = ReadonlyMap<string, string>

/** Asks the database. Without lengths: a value that is too long must be refused, and a cast would cut it off. */
export async function typesOf(runner: QueryRunner, entity: Constructor): Promise<Types> {
  const { connection } = runner
  const path = connection.getMetadata(entity).tablePath.split('.')
  const table = path.map((name) => connection.driver.escape(name)).join('.')
  const columns: { name: string; type: string }[] = await runner.query(
    `SELECT attname AS name, format_type(atttypid, -1) AS type FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0`,
    [table],
  )
  return new Map(columns.map(({ name, type }) => [name, type]))
}

/** The rows that nobody has locked. */
function freeRows(dataSource: DataSource, entity: Constructor, table: SessionTable, ids: string): string {
  return dataSource
    .createQueryBuilder(entity as Constructor<ObjectLiteral>, 'session')
    .withDeleted()
    .select(`session.${table.id}`, 'ksm_id')
    .where(`session.${table.id} IN (${ids})`)
    .setLock('for_no_key_update')
    .setOnLocked('skip_locked')
    .getQuery()
}
