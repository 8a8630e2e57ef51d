import type { ColumnOptions, ColumnType, ValueTransformer } from 'typeorm'
import { charsetOf } from '../model/charsets.js'
import type { ColumnTraits } from '../model/column-traits.js'
import {
  type DateCodec,
  type DateLimits,
  endOfSeconds,
  endOfTimestamps,
  epochMilliseconds,
  epochSeconds,
  fromSeconds,
  nativeDates,
  noLimits,
  stepOf,
  toDate,
  toSeconds,
} from '../model/dates.js'
import { isDate, type ManagedColumnSpec } from '../model/metadata.js'

/** The kind of database, as `DataSourceOptions.type` names it. */
export type DatabaseType = string

const mysqlFamily: ReadonlySet<DatabaseType> = new Set(['mysql', 'mariadb', 'aurora-mysql'])
const postgresFamily: ReadonlySet<DatabaseType> = new Set(['postgres', 'aurora-postgres', 'cockroachdb'])

/** Whether the database is MySQL, MariaDB or Aurora MySQL. */
export function isMysql(database: DatabaseType | undefined): boolean {
  return database !== undefined && mysqlFamily.has(database)
}

/** Whether the database is PostgreSQL or speaks its protocol: Aurora, CockroachDB. */
export function isPostgres(database: DatabaseType | undefined): boolean {
  return database !== undefined && postgresFamily.has(database)
}

/**
 * The options of a managed column. Its type is chosen so that no time zone of a process, a connection or a server changes a
 * date, and so that `data` holds at least 16 MiB.
 *
 * Without a database (a model on a base class that no data source knows yet) the types are those that every database has.
 */
export function managedColumnOptions(spec: ManagedColumnSpec, database: DatabaseType | undefined): ColumnOptions {
  if (spec.role !== 'lastSeenAt') return requiredColumnOptions(spec, database)
  // Rows that exist when the column is added have not been seen since.
  const { default: _, ...options } = requiredColumnOptions(spec, database)
  return { ...options, nullable: true }
}

function requiredColumnOptions(spec: ManagedColumnSpec, database: DatabaseType | undefined): ColumnOptions {
  const named = spec.name === spec.role ? {} : { name: spec.name }
  if (spec.unit === 'seconds') return { ...named, ...secondsOptions(spec, database) }
  if (spec.type === undefined) return { ...named, ...defaults(spec, database) }
  const type = spec.type as ColumnType
  if (spec.role === 'id') return { ...named, type, ...(takesLength(type) && { length: idLength(spec) }) }
  if (spec.role === 'version') return { ...named, type, default: 1 }
  // Given an explicit default, MySQL does not move a TIMESTAMP with each update.
  if (type === 'timestamp' && isMysql(database)) return { ...named, type, default: () => 'CURRENT_TIMESTAMP' }
  return { ...named, type, ...(isDate(spec.role) && isBigInteger(type, database) && { transformer: epochTransformer }) }
}

function defaults(spec: ManagedColumnSpec, database: DatabaseType | undefined): ColumnOptions {
  switch (spec.role) {
    case 'id':
      // A binary collation: ids that differ only in case are different.
      return { type: 'varchar', length: idLength(spec), ...(isMysql(database) && utf8mb4Binary) }
    case 'data':
      return isMysql(database) ? { type: 'longtext', charset: 'utf8mb4' } : { type: 'text', default: '' }
    case 'version':
      return { type: 'integer', default: 1 }
    default:
      return dateOptions(database)
  }
}

/**
 * The options of a date column. The default is 1970, so that rows that exist when the column is added are expired. MySQL
 * and MariaDB need none: they give such rows zero. The default for PostgreSQL is written as TypeORM reads it back.
 */
function dateOptions(database: DatabaseType | undefined): ColumnOptions {
  if (database === 'cockroachdb') return { type: 'timestamptz' }
  if (isPostgres(database)) return { type: 'timestamptz', default: () => 'to_timestamp((0))' }
  if (database === undefined || isMysql(database)) return { type: 'bigint', transformer: epochTransformer }
  return { type: 'datetime', default: '1970-01-01 00:00:00.000' }
}

/** The options of a date column with seconds since 1970. */
function secondsOptions({ type }: ManagedColumnSpec, database: DatabaseType | undefined): ColumnOptions {
  if (type !== undefined) return { type: type as ColumnType, transformer: secondsTransformer }
  if (isMysql(database)) return { type: 'int', unsigned: true, transformer: secondsTransformer }
  return { type: 'bigint', transformer: secondsTransformer }
}

const utf8mb4Binary = { charset: 'utf8mb4', collation: 'utf8mb4_bin' } as const

function takesLength(type: ColumnType): boolean {
  return type === String || (typeof type === 'string' && /char|binary/.test(type))
}

function idLength(spec: ManagedColumnSpec): number {
  return spec.length ?? 128
}

/**
 * Converts a date on the row to milliseconds since 1970 in the column. A number passes through, so applying it twice does
 * no harm.
 */
export const epochTransformer: ValueTransformer = {
  to: (value: unknown) => (value instanceof Date ? value.getTime() : value),
  from: (value: unknown) => (value === null || value === undefined ? value : toDate(value)),
}

/** Converts a date on the row to whole seconds since 1970 in the column. */
export const secondsTransformer: ValueTransformer = { to: toSeconds, from: fromSeconds }

/** The traits of a column with these options: what it can hold. */
export function columnTraits(options: ColumnOptions, database: DatabaseType | undefined): ColumnTraits {
  const { type } = options
  const name = typeof type === 'function' ? type.name : String(type)
  return {
    type: name,
    dates: dateCodec(options, database),
    limits: dateLimits(options, database),
    text: type === String || /char|text|clob/.test(name),
    json: /^jsonb?$/.test(name),
    binary: /blob|binary|bytea|raw/.test(name),
    whole: type === undefined || type === Number || isWhole(name, database),
    characters: characters(options, database),
    padded: isFixedWidth(type) && isPostgres(database),
    bytes: isMysql(database) ? mysqlCapacity(name, options) : null,
    indexable: !isMysql(database) || !(/text|blob/.test(name) || Number(options.length) > 768),
    charset: isMysql(database) ? charsetOf(options.charset, options.collation) : undefined,
  }
}

/** Whether the type holds whole numbers of 32 bits or more. On SQLite every integer does. */
function isWhole(name: string, database: DatabaseType | undefined): boolean {
  if (/^(unsigned )?(big)?int(eger|4|8|64)?( unsigned)?$/.test(name)) return true
  return isSqliteOr(database) && /^(tiny|small|medium)int$|^int2$/.test(name)
}

function isSqliteOr(database: DatabaseType | undefined): boolean {
  return database !== undefined && !isMysql(database) && !isPostgres(database)
}

/** The limits of a date column. MySQL's dates have whole seconds unless a number of digits is given. */
function dateLimits(
  { type, precision, transformer, unsigned }: ColumnOptions,
  database: DatabaseType | undefined,
): DateLimits {
  if (transformer === secondsTransformer) {
    const isShort = isMysql(database) || isPostgres(database) ? /^int(eger|4)?$/.test(String(type)) : false
    const latest = isShort ? (unsigned ? endOfSeconds.unsigned : endOfSeconds.signed) : null
    return { ...noLimits, step: 1000, latest }
  }
  const isNative = type === Date || (typeof type === 'string' && /^(datetime|timestamp)/.test(type))
  if (!isNative || isSqliteOr(database)) return noLimits
  const digits = precision ?? (isMysql(database) ? 0 : 3)
  if (!isMysql(database)) return { ...noLimits, step: stepOf(digits) }
  return { latest: type === 'timestamp' ? endOfTimestamps : null, step: stepOf(digits), moves: true }
}

/** The way in which the column holds a moment. A transformer of the application takes dates, and returns the column's value. */
function dateCodec({ type, transformer }: ColumnOptions, database: DatabaseType | undefined): DateCodec | null {
  if (transformer === secondsTransformer)
    return isWhole(String(type), database) || type === Number ? epochSeconds : null
  if (transformer && transformer !== epochTransformer) {
    return { ...nativeDates, toParameter: (date) => transformed(transformer, date) }
  }
  if (type === Date || (typeof type === 'string' && /^(datetime|timestamp)/.test(type))) return nativeDates
  return isBigInteger(type, database) ? epochMilliseconds : null
}

function transformed(transformer: ValueTransformer | ValueTransformer[], date: Date): Date | number {
  return [transformer].flat().reduce((value: unknown, { to }) => to(value), date) as Date | number
}

/** Whether the type is an integer of 64 bits, which milliseconds since 1970 need. */
function isBigInteger(type: ColumnType | undefined, database: DatabaseType | undefined): boolean {
  if (type === 'bigint' || type === 'int8' || type === 'int64') return true
  return isSqliteOr(database) && (type === 'integer' || type === 'int' || type === Number)
}

const mysqlBytes: Readonly<Record<string, number>> = {
  tinytext: 255,
  tinyblob: 255,
  text: 65_535,
  blob: 65_535,
  mediumtext: 16_777_215,
  mediumblob: 16_777_215,
  longtext: 4_294_967_295,
  longblob: 4_294_967_295,
}

function mysqlCapacity(name: string, { length }: ColumnOptions): number | null {
  if (name === 'binary' || name === 'varbinary') return Number(length || (name === 'binary' ? 1 : 255))
  return mysqlBytes[name] ?? null
}

/** The maximum length of a character column; `null` if the database has no default of its own. */
function characters({ type, length }: ColumnOptions, database: DatabaseType | undefined): number | null {
  if (type !== String && !(typeof type === 'string' && type.includes('char'))) return null
  if (length !== undefined && length !== '') return Number(length)
  if (isFixedWidth(type)) return isMysql(database) || isPostgres(database) ? 1 : null
  return isMysql(database) ? 255 : null
}

/** Whether the type is text of a fixed width, padded with blanks. */
export function isFixedWidth(type: ColumnType | undefined): boolean {
  return typeof type === 'string' && /^((native|national) )?(n?char|character|bpchar)$/.test(type)
}
