import type { DataSource } from 'typeorm'

type ColumnMetadata = ReturnType<DataSource['getMetadata']>['columns'][number]

/**
 * Returns the conversion that TypeORM's builders apply to a value before it is a parameter: SQLite's drivers do not take
 * all values.
 */
export function parameterOf(dataSource: DataSource): (value: unknown) => unknown {
  const { driver, options } = dataSource
  if (!isSqlite(dataSource)) return (value) => value
  const numberOf = options.type === 'better-sqlite3' ? exactNumber : shortNumber
  return (value) => {
    if (typeof value === 'number') return numberOf(value)
    if (typeof value === 'boolean') return value ? 1 : 0
    return value instanceof Date ? driver.preparePersistentValue(value, dateColumn) : value
  }
}

/** Whether the data source is SQLite with a driver that takes prepared texts of statements. */
export function isSqlite({ options }: DataSource): boolean {
  return ['better-sqlite3', 'sqlite'].includes(options.type)
}

const dateColumn = { type: 'datetime' } as ColumnMetadata

/**
 * A number as a parameter of better-sqlite3, which binds every number as a fraction: a column of text would keep `5.0`.
 * Only a bigint stays whole. TypeORM itself writes numbers into the SQL.
 */
function exactNumber(value: number): unknown {
  return isWhole(value) ? BigInt(value) : value
}

/**
 * A number as a parameter of sqlite3, which binds whole numbers beyond 32 bits as fractions. A text is right in columns of
 * text and of numbers.
 */
function shortNumber(value: number): unknown {
  return isWhole(value) && value !== (value | 0) ? String(value) : value
}

/**
 * Whether the number is an integer of SQLite's, which has 64 bits. Throws for NaN and infinity, as TypeORM's own statement
 * fails: SQLite would store NULL.
 */
function isWhole(value: number): boolean {
  if (!Number.isFinite(value)) throw new TypeError(`SQLite has no number ${value}.`)
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63
}

/** Wraps columns of JSON on SQLite in a JSON function, as TypeORM 1 does. */
export function jsonOf(driver: object, sql: string, column: ColumnMetadata, isWritten: boolean): string {
  const { wrapWithJsonFunction } = driver as {
    wrapWithJsonFunction?: (sql: string, column: ColumnMetadata, binary: boolean) => string
  }
  return wrapWithJsonFunction?.call(driver, sql, column, isWritten) ?? sql
}
