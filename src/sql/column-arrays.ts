import { type BoundValue, type ColumnTypes, isSame, typeOf, valuesOf } from './bound-values.js'
import type { SqlTable } from './sql-table.js'
import type { Write } from './write.js'

/** The number of rows from which arrays are used. */
const fewestRows = 4

/**
 * The types whose values a driver writes into an array as it writes them alone. An array of arrays would become one list, a
 * `box` is separated by a semicolon, and types of the application may have rules of their own.
 */
const listed =
  /^(text|character varying|character|bpchar|uuid|jsonb?|smallint|integer|bigint|numeric|boolean|date|timestamp with(out)? time zone)$/

/**
 * The list of rows for a batch on PostgreSQL as one array for each column, or one value if all rows have the same: a few
 * parameters for any number of rows.
 */
export class ColumnArrays {
  readonly #table: SqlTable<never>
  readonly #values: readonly BoundValue[]
  readonly #types: readonly string[]
  readonly #key: number

  constructor(table: SqlTable<never>, values: readonly BoundValue[], types: readonly string[], key: number) {
    this.#table = table
    this.#values = values
    this.#types = types
    this.#key = key
  }

  /** The SQL of the list; `undefined` if it cannot be made of arrays. Its parameters are appended to `parameters`. */
  sqlOf(writes: readonly Write[], parameters: unknown[]): string | undefined {
    if (writes.length < fewestRows) return undefined
    const columns: unknown[][] = this.#types.map(() => [])
    for (const write of writes) {
      const values = valuesOf(this.#values, write)
      if (!values?.every(isListed)) return undefined
      for (let index = 0; index < values.length; index++) columns[index]?.push(values[index])
    }
    const [selected, arrays, names]: string[][] = [[], [], []]
    for (let index = 0; index < columns.length; index++) {
      const [column, type] = [columns[index] as unknown[], this.#types[index]]
      const isOne = index !== this.#key && column.every((value) => isSame(value, column[0]))
      const place = this.#table.place(parameters.push(isOne ? column[0] : column))
      if (isOne) selected?.push(`${place}::${type}`)
      else {
        selected?.push(`ksm_a${index}`)
        arrays?.push(`${place}::${type}[]`)
        names?.push(`ksm_a${index}`)
      }
    }
    return (
      `SELECT ${selected?.join(', ')}, ksm_n - 1 FROM unnest(${arrays?.join(', ')}) ` +
      `WITH ORDINALITY AS ksm_arrays (${names?.join(', ')}, ksm_n)`
    )
  }
}

/** The list as arrays; `undefined` if a column has a type that is not known to allow it. */
export function columnArrays(
  table: SqlTable<never>,
  values: readonly BoundValue[],
  types: ColumnTypes,
  key: number,
): ColumnArrays | undefined {
  const named = values.map(({ column }) => typeOf(column, types) ?? '')
  return named.every((type) => listed.test(type)) ? new ColumnArrays(table, values, named, key) : undefined
}

/** Whether a value is written alike alone and in an array. */
function isListed(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') // Sequelize replaces it in values of their own
  return typeof value !== 'object' || value === null || value instanceof Date
}
