import type { DataSource } from 'typeorm'
import type { ColumnType } from '../model/column-type.js'
import { type MysqlConfig, type MysqlField, mysqlField, mysqlValue } from '../model/mysql-values.js'
import { type ParserOf, postgresText, postgresType, postgresValue } from '../model/postgres-values.js'
import type { Constant } from '../model/sql-default.js'
import { sqliteValue } from '../model/sqlite-values.js'
import { isMysql, isPostgres } from './column-types.js'

/** A column of an entity, as TypeORM describes it. */
export type ColumnMetadata = ReturnType<DataSource['getMetadata']>['columns'][number]

/** The type of a column as the database names it. */
export function typeOf({ driver, options }: DataSource, column: ColumnMetadata): ColumnType {
  const type: ColumnType = {
    name: driver.normalizeType(column).toLowerCase(),
    length: column.length ? Number(column.length) : undefined,
    precision: column.precision ?? undefined,
    scale: column.scale ?? undefined,
    isArray: column.isArray,
    values: column.enum?.map(String),
  }
  return isPostgres(options.type) ? postgresType(type) : type
}

/** The value that the driver returns for a column that holds the constant; `undefined` if it is not known. */
export function driverValue(dataSource: DataSource, type: ColumnType, constant: Constant): unknown {
  const { options } = dataSource
  if (constant === null) return null
  if (isPostgres(options.type)) return postgresValue(type, constant, parserOf(dataSource))
  if (!isMysql(options.type)) return sqliteValue(type, constant)
  const config = mysqlConfig(dataSource)
  const field = mysqlField(type, constant, config)
  return field && (config.typeCast ? cast(field, config) : mysqlValue(field, config))
}

/** The constant after a cast to a type; `undefined` if it is not known. */
export function castTo(
  { options }: DataSource,
  type: ColumnType,
  constant: Constant,
  cast: string,
): Constant | undefined {
  if (!isPostgres(options.type)) return undefined
  const [, name = '', brackets = ''] = /^(.*?)((?:\[\])*)$/s.exec(cast) ?? []
  if (brackets !== '' || type.name === 'enum') return constant
  const [, plain = name, length, scale, rest = ''] =
    /^([^(]*?)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)(.*)$/.exec(name) ?? []
  const precision = length === undefined ? undefined : Number(length)
  const to = { name: plain.trim() + rest, length: precision, precision, scale: scale ? Number(scale) : undefined }
  return postgresText(postgresType(to), constant)
}

/** The parsers of the driver, among them those that the application has set. */
function parserOf({ driver, options }: DataSource): ParserOf {
  const { postgres } = driver as unknown as { postgres?: { types: TypeParsers } }
  const own = (options as { extra?: { types?: TypeParsers } }).extra?.types
  const types = own ?? postgres?.types
  return (oid) => (oid === undefined || !types ? (text) => text : types.getTypeParser(oid, 'text'))
}

interface TypeParsers {
  getTypeParser(oid: number, format: 'text'): (text: string) => unknown
}

interface CastingConfig extends MysqlConfig {
  readonly typeCast?: unknown
}

function mysqlConfig({ options }: DataSource): CastingConfig {
  const { extra, ...given } = options as CastingConfig & { readonly extra?: CastingConfig }
  const { supportBigNumbers = true, bigNumberStrings = true } = given
  return { ...given, supportBigNumbers, bigNumberStrings, ...extra }
}

/** The value of a field by the application's own `typeCast` function. */
function cast(field: MysqlField, config: CastingConfig): unknown {
  const next = (): unknown => mysqlValue(field, config)
  if (typeof config.typeCast !== 'function') return next()
  const { type, content } = field
  const length = type === 'TINY' ? 1 : content.length
  const given = { type, length, string: () => content.toString(), buffer: () => Buffer.from(content), geometry: next }
  return config.typeCast(given, next)
}
