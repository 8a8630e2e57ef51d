import { DataTypes, type ModelAttributeColumnOptions } from 'sequelize'
import { type DateCodec, datesInZone, epochMilliseconds, nativeDates, toDate } from '../model/dates.js'
import type { ManagedColumn, ManagedColumnSpec } from '../model/metadata.js'
import type { ColumnTraits } from '../model/session-table.js'
import { epochMillisecondsType } from './epoch-milliseconds.js'

/** The kind of database, as `sequelize.getDialect()` names it. */
export type Dialect = string

/** An attribute as `Model.init` takes it. */
export type Attribute = ModelAttributeColumnOptions

/** What is used of a Sequelize data type. */
interface DataType {
  readonly key: string
  readonly options?: { readonly length?: number | string }
}

export function isMysql(dialect: Dialect): boolean {
  return dialect === 'mysql' || dialect === 'mariadb'
}

/**
 * The attribute of a managed column. Types are chosen so that no time zone of a process, a connection or a server
 * changes a date, and so that `data` holds at least 16 MiB.
 */
export function managedAttribute(spec: ManagedColumnSpec, dialect: Dialect): Attribute {
  const type = spec.type === undefined ? defaultType(spec, dialect) : (spec.type as Attribute['type'])
  return {
    allowNull: false,
    ...(isDate(spec.role) && columnTraits({ type }).dates === epochMilliseconds ? epochColumn(spec.role) : { type }),
    ...(spec.name !== spec.role && { field: spec.name }),
    ...(spec.role === 'version' && { defaultValue: 1 }),
  }
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

function isDate(role: ManagedColumn): boolean {
  return role === 'expires' || role === 'createdAt'
}

/** Milliseconds in the database, a `Date` on the row and in conditions. */
function epochColumn(role: ManagedColumn): Pick<Attribute, 'type' | 'get'> {
  return {
    type: epochMillisecondsType() as never,
    get() {
      const value: unknown = this.getDataValue(role)
      return value === null || value === undefined ? value : toDate(value)
    },
  }
}

const mysqlBytes: Readonly<Record<string, number>> = {
  tiny: 255,
  '': 65_535,
  medium: 16_777_215,
  long: 4_294_967_295,
}

/** How dates come from the driver: as text in the zone of the instance, with a `typeCast` of the app's on MySQL or MariaDB. */
export function driverDates(dialect: Dialect, timezone: string | undefined): DateCodec {
  const isOffset = timezone !== undefined && /^[+-]\d\d:\d\d$/.test(timezone)
  return isMysql(dialect) && isOffset ? datesInZone(timezone) : nativeDates
}

/** What an attribute can hold. */
export function columnTraits(
  { type }: Pick<Attribute, 'type'>,
  dialect?: Dialect,
  dates: DateCodec = nativeDates,
): ColumnTraits {
  const { key, options } = toDataType(type)
  const isCharacter = key === 'STRING' || key === 'CHAR'
  const characters = isCharacter ? Number(options?.length ?? 255) : null
  const isLong = key === 'TEXT' || key === 'BLOB'
  return {
    type: key,
    dates:
      key === 'DATE' || key === 'NOW'
        ? dates
        : key === 'BIGINT' || key === 'EPOCH_MILLISECONDS'
          ? epochMilliseconds
          : null,
    text: isCharacter || key === 'TEXT' || key === 'CITEXT',
    binary: key === 'BLOB',
    whole: /^(TINY|SMALL|MEDIUM|BIG)?INT(EGER)?$/.test(key),
    characters,
    padded: key === 'CHAR' && dialect === 'postgres',
    bytes: isLong && dialect !== undefined && isMysql(dialect) ? mysqlCapacity(options) : null,
  }
}

function mysqlCapacity(options: DataType['options']): number | null {
  return mysqlBytes[String(options?.length ?? '').toLowerCase()] ?? null
}

/** Sequelize takes a data type, its constructor, or its name. */
function toDataType(type: unknown): DataType {
  if (typeof type === 'string') return { key: type }
  return type as DataType
}
