import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { DataSource } from 'typeorm'
import { type Constant, type SqlDefault, sqlDefault } from '../model/sql-default.js'
import { isMysql, isPostgres } from './column-types.js'
import { type ColumnMetadata, castTo, driverValue, typeOf } from './driver-values.js'

/** Returns the value of a column in a new session, as it is read again once the session is stored. */
export type Initial = (now: Date) => unknown

const unknown: Initial = () => undefined

/**
 * The value of the column in a new session by its default; `undefined` if only the database knows it. Objects are made anew
 * for each session.
 */
export function defaultOf(dataSource: DataSource, column: ColumnMetadata): Initial {
  const reading = new Reading(dataSource, column)
  const found = findDefault(dataSource, column, reading)
  if (!found) return unknown
  if ('generates' in found) return generated(found.generates, reading)
  const { constant } = found
  const value = reading.read(constant)
  if (!reading.lasts(value)) return unknown
  return typeof value !== 'object' || value === null ? () => value : () => reading.read(constant)
}

/** The value of the column in a new session by the class's field initializer: the value of `make`, as it is read again. */
export function initializedOf(dataSource: DataSource, column: ColumnMetadata, make: () => unknown): Initial {
  const reading = new Reading(dataSource, column)
  return () => {
    const value = make()
    const read = value === undefined ? undefined : reading.reread(value)
    return read === undefined ? value : read
  }
}

function findDefault(
  { driver, options }: DataSource,
  column: ColumnMetadata,
  reading: Reading,
): SqlDefault | undefined {
  const { default: given, isNullable } = column
  if (given === undefined || given === null) return isNullable ? { constant: null } : undefined
  if (typeof given === 'object') return { constant: reading.written(given) }
  const sql: string | undefined = typeof given === 'function' ? String(given()) : driver.normalizeDefault(column)
  const found = sql === undefined ? undefined : sqlDefault(sql, { backslashes: isMysql(options.type) })
  if (!found || 'generates' in found || found.cast === undefined) return found
  const constant = castTo(reading.dataSource, reading.type, found.constant, found.cast)
  return constant === undefined ? undefined : { constant }
}

/** The value that the database would generate, with the application's clock. */
function generated(what: 'now' | 'date' | 'time' | 'uuid', reading: Reading): Initial {
  if (what === 'uuid') return reading.isText ? () => reading.read(randomUUID()) : unknown
  if (!reading.takes(what)) return unknown
  return (now) => {
    const value = reading.read(reading.written(reading.floored(now)))
    return reading.lasts(value) ? value : undefined
  }
}

/** Predicts how values of one column come back from the database. */
class Reading {
  readonly dataSource: DataSource
  readonly type: ReturnType<typeof typeOf>
  readonly #column: ColumnMetadata
  /** The column without the application's transformer. */
  readonly #plain: ColumnMetadata

  constructor(dataSource: DataSource, column: ColumnMetadata) {
    this.dataSource = dataSource
    this.type = typeOf(dataSource, column)
    this.#column = column
    this.#plain = Object.create(column, { transformer: { value: undefined } })
  }

  get isText(): boolean {
    return /^uuid$|char|text/.test(this.type.name)
  }

  /** Whether the column holds a moment, its date, or its time of day. */
  takes(what: 'now' | 'date' | 'time'): boolean {
    const { name } = this.type
    if (what === 'now') return /^(date|time|datetime|timestamp|timestamptz)$/.test(name)
    return name === what
  }

  /** The moment, rounded down to a step of the column. */
  floored(date: Date): Date {
    const { options } = this.dataSource
    const usual = isMysql(options.type) ? 0 : 3
    const step = 10 ** (3 - Math.min(this.type.precision ?? usual, 3))
    return isMysql(options.type) || isPostgres(options.type) ? new Date(Math.floor(date.getTime() / step) * step) : date
  }

  /** The constant that the ORM writes for a value that no transformer has changed. */
  written(value: unknown): Constant {
    return this.dataSource.driver.preparePersistentValue(value, this.#plain)
  }

  /** Whether the value is read again as the same: some transformers and drivers do not accept their own results. */
  lasts(value: unknown): boolean {
    const parameter = this.#parameter(value)
    return parameter === undefined ? value === null : isDeepStrictEqual(this.read(parameter), value)
  }

  /** The value that is read after this one was written; `undefined` if it is not known. */
  reread(value: unknown): unknown {
    const parameter = this.#parameter(value)
    return parameter === undefined ? undefined : this.read(parameter)
  }

  /** The constant that the driver gets; `undefined` for a value that the transformer refuses. Writing it will report that. */
  #parameter(value: unknown): Constant | undefined {
    try {
      return parameterOf(this.dataSource.driver.preparePersistentValue(value, this.#column))
    } catch {
      return undefined
    }
  }

  /** The value that is read once the database has converted the constant; `undefined` if it is not known. */
  read(constant: Constant): unknown {
    const raw = driverValue(this.dataSource, this.type, constant)
    if (raw === undefined) return undefined
    try {
      const value: unknown = this.dataSource.driver.prepareHydratedValue(raw, this.#column)
      return value ?? null
    } catch {
      return undefined
    }
  }
}

/** The constant for a value. Values of the PostgreSQL driver, such as an interval, can format themselves. */
function parameterOf(value: unknown): Constant {
  const { toPostgres } = Object(value) as { toPostgres?: () => string }
  return typeof toPostgres === 'function' ? toPostgres.call(value) : (value as Constant)
}
