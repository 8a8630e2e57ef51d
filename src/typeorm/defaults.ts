import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { DataSource } from 'typeorm'
import { type Constant, type SqlDefault, sqlDefault } from '../model/sql-default.js'
import { isMysql, isPostgres } from './column-types.js'
import { type ColumnMetadata, castTo, driverValue, typeOf } from './driver-values.js'

/** What a column holds in a new session: as it is read again once the session is stored. */
export type Initial = (now: Date) => unknown

const unknown: Initial = () => undefined

/**
 * What a new session has in the column by its default. A default that only the database can know is `undefined`.
 *
 * Objects are made anew for each session.
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

/** What a new session has in the column by the field initializer of the class: what `make` gives, as it is read again. */
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

/** The clock is the app's. */
function generated(what: 'now' | 'date' | 'time' | 'uuid', reading: Reading): Initial {
  if (what === 'uuid') return reading.isText ? () => reading.read(randomUUID()) : unknown
  if (!reading.takes(what)) return unknown
  return (now) => {
    const value = reading.read(reading.written(reading.floored(now)))
    return reading.lasts(value) ? value : undefined
  }
}

/** How values of one column come back from the database. */
class Reading {
  readonly dataSource: DataSource
  readonly type: ReturnType<typeof typeOf>
  readonly #column: ColumnMetadata
  /** Without the transformer of the application. */
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

  /** Whether a moment, or its date or time of day, is what the column holds. */
  takes(what: 'now' | 'date' | 'time'): boolean {
    const { name } = this.type
    if (what === 'now') return /^(date|time|datetime|timestamp|timestamptz)$/.test(name)
    return name === what
  }

  /** The moment as the column can hold it; not later than it is. */
  floored(date: Date): Date {
    const { options } = this.dataSource
    const usual = isMysql(options.type) ? 0 : 3
    const step = 10 ** (3 - Math.min(this.type.precision ?? usual, 3))
    return isMysql(options.type) || isPostgres(options.type) ? new Date(Math.floor(date.getTime() / step) * step) : date
  }

  /** What the ORM writes for the value, which no transformer has changed. */
  written(value: unknown): Constant {
    return this.dataSource.driver.preparePersistentValue(value, this.#plain)
  }

  /** Whether the value stays what it is when it is written: transformers and drivers may not take back what they give. */
  lasts(value: unknown): boolean {
    const parameter = this.#parameter(value)
    return parameter === undefined ? value === null : isDeepStrictEqual(this.read(parameter), value)
  }

  /** What is read after the value was written; `undefined` where that is not known. */
  reread(value: unknown): unknown {
    const parameter = this.#parameter(value)
    return parameter === undefined ? undefined : this.read(parameter)
  }

  /** What the driver gets; `undefined` for a value that the transformer does not take, which tells so when it is written. */
  #parameter(value: unknown): Constant | undefined {
    try {
      return parameterOf(this.dataSource.driver.preparePersistentValue(value, this.#column))
    } catch {
      return undefined
    }
  }

  /** What is read where the database has converted the constant; `undefined` where that is not known. */
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

/** A value of the PostgreSQL driver, such as an interval, tells how it is written. */
function parameterOf(value: unknown): Constant {
  const { toPostgres } = Object(value) as { toPostgres?: () => string }
  return typeof toPostgres === 'function' ? toPostgres.call(value) : (value as Constant)
}
