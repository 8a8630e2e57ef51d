import { DataTypes, type ModelAttributeColumnOptions } from 'sequelize'
import { type ColumnTraits, noMoment } from '../model/column-traits.js'
import {
  type DateCodec,
  type DateLimits,
  datesInZone,
  endOfSeconds,
  epochMilliseconds,
  epochSeconds,
  fromSeconds,
  nativeDates,
  noLimits,
  stepOf,
  toDate,
} from '../model/dates.js'
import { isDate, type ManagedColumn, type ManagedColumnSpec } from '../model/metadata.js'
import { epochMillisecondsType, epochSecondsType } from './epoch-columns.js'

/** The kind of database, as `sequelize.getDialect()` names it. */
export type Dialect = string

/** An attribute as `Model.init` takes it. */
export type Attribute = ModelAttributeColumnOptions

/** The members of a Sequelize data type that are used. */
interface DataType {
  readonly key: string
  readonly options?: { readonly length?: number | string; readonly binary?: boolean; readonly unsigned?: boolean }
  /** The last moment of a column of seconds. */
  readonly latest?: number | null
  /** Whether a character type was declared as BINARY. */
  readonly _binary?: boolean
}

/** Whether the database is MySQL or MariaDB. */
export function isMysql(dialect: Dialect): boolean {
  return dialect === 'mysql' || dialect === 'mariadb'
}

/**
 * The attribute of a managed column. Its type is chosen so that no time zone of a process, a connection or a server changes
 * a date, and so that `data` holds at least 16 MiB.
 */
export function managedAttribute(spec: ManagedColumnSpec, dialect: Dialect): Attribute {
  const type = spec.type === undefined ? defaultType(spec, dialect) : (spec.type as Attribute['type'])
  // Rows that exist when `lastSeenAt` is added have not been seen since.
  const allowNull = spec.role === 'lastSeenAt'
  if (spec.unit === 'seconds') return { ...secondsAttribute(spec, dialect), allowNull }
  return {
    allowNull,
    ...(isDate(spec.role) && columnTraits({ type }).dates === epochMilliseconds ? epochColumn(spec.role) : { type }),
    ...(spec.name !== spec.role && { field: spec.name }),
    ...defaultOf(spec, dialect),
  }
}

/**
 * The default of a managed column, for rows that exist when it is added: no data, and expired. A column whose type the
 * model chooses has none.
 */
function defaultOf({ role, type }: ManagedColumnSpec, dialect: Dialect): Pick<Attribute, 'defaultValue'> {
  if (role === 'version') return { defaultValue: 1 }
  if (type !== undefined || role === 'id' || role === 'lastSeenAt') return {}
  // MySQL allows no default for long text, and gives such rows an empty one.
  if (role === 'data') return isMysql(dialect) ? {} : { defaultValue: '' }
  return { defaultValue: isMysql(dialect) ? 0 : new Date(0) }
}

function defaultType({ role, length }: ManagedColumnSpec, dialect: Dialect): Attribute['type'] {
  switch (role) {
    case 'id':
      // A binary collation: ids that differ only in case are different. Elsewhere BINARY would mean bytes.
      return DataTypes.STRING(length ?? 128, isMysql(dialect))
    case 'data':
      return isMysql(dialect) ? DataTypes.TEXT('long') : DataTypes.TEXT
    case 'version':
      return DataTypes.INTEGER
    default:
      return isMysql(dialect) ? DataTypes.BIGINT : DataTypes.DATE
  }
}

/** A column of milliseconds in the database, with a `Date` on the row and in conditions. */
function epochColumn(role: ManagedColumn): Pick<Attribute, 'type' | 'get'> {
  return {
    type: epochMillisecondsType() as never,
    get() {
      const value: unknown = this.getDataValue(role)
      return value === null || value === undefined ? value : toDate(value)
    },
  }
}

/** A column of seconds in the database, with a `Date` on the row and in conditions. */
function secondsAttribute({ role, name, type }: ManagedColumnSpec, dialect: Dialect): Attribute {
  return {
    type: epochSecondsType(...secondsSql(role, type, dialect)) as never,
    ...(name !== role && { field: name }),
    get() {
      return fromSeconds(this.getDataValue(role))
    },
  }
}

const mysqlBytes: Readonly<Record<string, number>> = {
  tiny: 255,
  '': 65_535,
  medium: 16_777_215,
  long: 4_294_967_295,
}

/**
 * The way in which dates come from the driver: as text in the time zone of the instance, if the application has a
 * `typeCast` on MySQL or MariaDB.
 */
export function driverDates(dialect: Dialect, timezone: string | undefined): DateCodec {
  const isOffset = timezone !== undefined && /^[+-]\d\d:\d\d$/.test(timezone)
  return isMysql(dialect) && isOffset ? datesInZone(timezone) : nativeDates
}

/** The traits of an attribute: what its column can hold. */
export function columnTraits(
  { type }: Pick<Attribute, 'type'>,
  dialect?: Dialect,
  dates: DateCodec = nativeDates,
): ColumnTraits {
  const { key, options, _binary: isBinary } = toDataType(type)
  const isCharacter = key === 'STRING' || key === 'CHAR'
  const characters = isCharacter ? Number(options?.length ?? 255) : null
  const isLong = key === 'TEXT' || key === 'BLOB'
  const isBytes = key === 'BLOB' || (isCharacter && isBinary === true && dialect === 'postgres') // where it is BYTEA
  return {
    type: key,
    dates: codecOf(key, dates),
    limits: dateLimits(toDataType(type), dialect),
    text: !isBytes && (isCharacter || key === 'TEXT' || key === 'CITEXT'),
    json: key === 'JSON' || key === 'JSONB',
    binary: isBytes,
    whole: /^(BIG)?INT(EGER)?$/.test(key) || (/^(TINY|SMALL|MEDIUM)INT$/.test(key) && dialect === 'sqlite'),
    characters: isBytes ? null : characters,
    padded: key === 'CHAR' && dialect === 'postgres',
    bytes: isLong && dialect !== undefined && isMysql(dialect) ? mysqlCapacity(options) : null,
    indexable: dialect === undefined || !isMysql(dialect) || !(isLong || Number(characters) > 768),
    charset: undefined, // the table has one
  }
}

function codecOf(key: string, dates: DateCodec): DateCodec | null {
  if (key === 'DATE') return dates
  if (key === 'EPOCH_SECONDS') return epochSeconds
  return key === 'BIGINT' || key === 'EPOCH_MILLISECONDS' ? epochMilliseconds : null
}

/** The SQL of a column with seconds since 1970, and the last moment that it holds. */
function secondsSql(role: string, type: unknown, dialect: Dialect): [sql: string, latest: number | null] {
  const isLimited = dialect !== 'sqlite'
  if (type === undefined) return isMysql(dialect) ? ['INTEGER UNSIGNED', endOfSeconds.unsigned] : ['BIGINT', null]
  const { key, options } = toDataType(type)
  if (key === 'BIGINT') return [key, null]
  if (!/^INT(EGER)?$/.test(key)) throw noMoment({ property: role, traits: { type: key } })
  if (options?.unsigned && isMysql(dialect)) return ['INTEGER UNSIGNED', endOfSeconds.unsigned]
  return ['INTEGER', isLimited ? endOfSeconds.signed : null]
}

function dateLimits({ key, options, latest = null }: DataType, dialect: Dialect | undefined): DateLimits {
  if (key === 'EPOCH_SECONDS') return { ...noLimits, step: 1000, latest }
  return key === 'DATE' && dialect !== undefined && isMysql(dialect) ? mysqlDates(options) : noLimits
}

/** The limits of a date column on MySQL. It has whole seconds unless a number of digits is given. */
function mysqlDates(options: DataType['options']): DateLimits {
  return { ...noLimits, step: stepOf(Number(options?.length ?? 0)), moves: true }
}

function mysqlCapacity(options: DataType['options']): number | null {
  return mysqlBytes[String(options?.length ?? '').toLowerCase()] ?? null
}

/** The data type of an attribute, which Sequelize also takes as a constructor or as SQL, where DATE has no time of day. */
export function toDataType(type: unknown): DataType {
  if (typeof type === 'string') return { key: type === 'DATE' ? 'DATEONLY' : type }
  return type as DataType
}
