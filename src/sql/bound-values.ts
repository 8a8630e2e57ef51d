import type { SqlColumn } from './sql-table.js'
import type { Write } from './write.js'

/** The types of the columns of a table on PostgreSQL, by their names. */
export type ColumnTypes = ReadonlyMap<string, string>

/** A value that each row of a batch has: its source, and the column that gives its type. */
export interface BoundValue {
  readonly column: SqlColumn
  readonly source: (write: Write) => unknown
}

/** The type of a column on PostgreSQL. */
export function typeOf({ name }: SqlColumn, types: ColumnTypes): string | undefined {
  return types.get(name) ?? types.get(name.toLowerCase())
}

/** The values of a row; `undefined` if one of them needs the ORM's own update. */
export function valuesOf(bound: readonly BoundValue[], write: Write): unknown[] | undefined {
  const values: unknown[] = []
  for (const { source } of bound) {
    const value = source(write)
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}

/** Whether two rows have the same value. Then it is sent once: times are mostly equal in all rows. */
export function isSame(value: unknown, before: unknown): boolean {
  if (value instanceof Date && before instanceof Date) return value.getTime() === before.getTime()
  return value === before
}
