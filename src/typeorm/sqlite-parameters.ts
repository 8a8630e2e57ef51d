import type { DataSource } from 'typeorm'

type ColumnMetadata = ReturnType<DataSource['getMetadata']>['columns'][number]

/** What TypeORM's builders make of a value before it is a parameter: on SQLite the drivers do not take all of them. */
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

/** Whether it is SQLite, by a driver that takes statements which were made before. */
export function isSqlite({ options }: DataSource): boolean {
  return ['better-sqlite3', 'sqlite'].includes(options.type)
}

const dateColumn = { type: 'datetime' } as ColumnMetadata

/**
 * TypeORM writes numbers into the SQL. better-sqlite3 makes each number one with a fraction, which a column of text would
 * keep as `5.0`; only a bigint stays whole.
 */
function exactNumber(value: number): unknown {
  return isWhole(value) ? BigInt(value) : value
}

/** sqlite3 does so beyond 32 bits. As a text the number is right in columns of text and of numbers. */
function shortNumber(value: number): unknown {
  return isWhole(value) && value !== (value | 0) ? String(value) : value
}

/** Whether it is whole for SQLite too, which has 64 bits. Fails as TypeORM's own statement does: NaN would become NULL. */
function isWhole(value: number): boolean {
  if (!Number.isFinite(value)) throw new TypeError(`SQLite has no number ${value}.`)
  return Number.isInteger(value) && Math.abs(value) < 2 ** 63
}
