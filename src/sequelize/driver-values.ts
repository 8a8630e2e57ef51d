import { DataTypes, type Sequelize } from 'sequelize'
import type { ColumnType } from '../model/column-type.js'
import { type MysqlConfig, type MysqlField, mysqlField, mysqlValue } from '../model/mysql-values.js'
import { postgresType, postgresValue } from '../model/postgres-values.js'
import type { Constant } from '../model/sql-default.js'
import { sqliteValue } from '../model/sqlite-values.js'
import { isMysql } from './column-types.js'

/** The members of a data type that are used, once Sequelize has normalized it for its dialect. */
export interface NormalizedType {
  readonly key: string
  /** The type of an array's items. */
  readonly type?: NormalizedType | string
  readonly values?: readonly string[]
  toSql(options?: object): string
}

/** The members of an instance that are used and that Sequelize has no types for. */
interface Driving {
  readonly config: { readonly dialectOptions?: CastingConfig }
  readonly options: { readonly timezone?: string; readonly dialectOptions?: CastingConfig }
  readonly connectionManager: {
    getTypeParser(oid: number, format: 'text'): (text: string) => unknown
    readonly constructor: { _typecast?(field: object, next: () => unknown): unknown }
  }
}

interface CastingConfig extends MysqlConfig {
  readonly typeCast?: unknown
}

/** The type of a column as the database names it. */
export function typeOf(type: NormalizedType): ColumnType {
  if (type.key === 'ARRAY' && typeof type.type === 'object') return { ...typeOf(type.type), isArray: true }
  if (type.key === 'ENUM') return { name: 'enum', values: type.values ?? [] }
  const sql = type.toSql({ escape: (text: string) => `'${text}'` }).toLowerCase()
  const [, name = sql, length, scale, rest = ''] = /^([^(]+?)\s*\((\d+)(?:,\s*(\d+))?\)(.*)$/.exec(sql) ?? []
  const precision = length === undefined ? undefined : Number(length)
  const plain = (name + rest).replace(/ (binary|unsigned|zerofill)\b/g, '').trim()
  return { name: plain, length: precision, precision, scale: scale === undefined ? undefined : Number(scale) }
}

/** The value that Sequelize returns for a column that holds the constant; `undefined` if it is not known. */
export function driverValue(sequelize: Sequelize, type: NormalizedType, constant: Constant): unknown {
  if (constant === null) return null
  const dialect = sequelize.getDialect()
  const column = typeOf(type)
  if (dialect === 'postgres') return postgresRead(sequelize, postgresType(column), constant)
  const value = isMysql(dialect)
    ? mysqlRead(sequelize, column, constant)
    : sqliteRead(sequelize, type, column, constant)
  return type.key === 'BOOLEAN' && typeof value === 'number' ? value !== 0 : value
}

function postgresRead(sequelize: Sequelize, type: ColumnType, constant: Constant): unknown {
  const { connectionManager } = sequelize as unknown as Driving
  // Sequelize reads the numbers (OIDs) of these types from the database.
  if (type.isArray && (type.name === 'enum' || type.name === 'citext'))
    return Array.isArray(constant) ? [...constant] : undefined
  return postgresValue(type, constant, (oid) =>
    oid === undefined ? (text) => text : connectionManager.getTypeParser(oid, 'text'),
  )
}

function mysqlRead(sequelize: Sequelize, type: ColumnType, constant: Exclude<Constant, null>): unknown {
  const { connectionManager, config, options } = sequelize as unknown as Driving
  const given: CastingConfig = { ...options.dialectOptions, ...config.dialectOptions }
  const { timezone = '+00:00' } = options
  const driver = { timezone, supportBigNumbers: true, bigNumberStrings: false, ...given }
  const isOffset = /^[+-]\d\d:\d\d$/.test(timezone)
  if (constant instanceof Date && !isOffset) return undefined
  const field = mysqlField(type, constant, driver)
  if (!field) return undefined
  const isMariadb = sequelize.getDialect() === 'mariadb'
  const next = (): unknown => (isMariadb ? mariadbValue(field, driver) : mysqlValue(field, driver))
  const { type: kind, content } = field
  const length = kind === 'TINY' ? 1 : content.length
  const sent = {
    type: kind,
    length,
    columnLength: length,
    string: () => content.toString(),
    buffer: () => Buffer.from(content),
  }
  if (typeof given.typeCast === 'function') return given.typeCast(sent, next)
  if (!['DATE', 'DATETIME'].includes(kind)) return next()
  return connectionManager.constructor._typecast?.call({ sequelize }, sent, next)
}

/** The value that the driver `mariadb` returns for a field: decimals become numbers. */
function mariadbValue(field: MysqlField, config: MysqlConfig): unknown {
  const { type, content } = field
  if (type !== 'NEWDECIMAL') return mysqlValue(field, config)
  const number = Number(content)
  const isExact = !config.bigNumberStrings && (!Number.isInteger(number) || Number.isSafeInteger(number))
  return config.supportBigNumbers && isExact ? number : content
}

function sqliteRead(
  sequelize: Sequelize,
  type: NormalizedType,
  column: ColumnType,
  constant: Exclude<Constant, null>,
): unknown {
  if (constant instanceof Date) return type.key === 'DATE' ? new Date(constant) : undefined
  const value = sqliteValue({ ...column, name: type.key === 'ENUM' ? 'text' : type.toSql({}) }, constant)
  if (type.key === 'JSON') return typeof value === 'string' ? JSON.parse(value) : value
  if (type.key !== 'DATE' || typeof value !== 'string') return value
  const { timezone = '+00:00' } = (sequelize as unknown as Driving).options
  return new Date(value.includes('+') ? value : value + timezone)
}

/** Whether the type holds JSON. */
export function isJson({ key }: NormalizedType): boolean {
  return key === DataTypes.JSON.key || key === DataTypes.JSONB.key
}
