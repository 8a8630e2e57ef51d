import {
  type ColumnType,
  type DataSource,
  type EntityTarget,
  type FindOperator,
  In,
  IsNull,
  type ObjectLiteral,
  Raw,
} from 'typeorm'
import type { IdPage, LivingRows, RowFilter } from '../core/backend/session-backend.js'
import { type ComparedColumn, comparedValue } from '../model/compared-value.js'
import { bytesIn, type CollatingDatabase, utf8 } from '../model/exact-text.js'
import type { SessionTable } from '../model/session-table.js'
import { isFixedWidth, isMysql } from './column-types.js'
import type { ExpiryCondition } from './types.js'

type Entity = EntityTarget<ObjectLiteral>
type ColumnMetadata = ReturnType<DataSource['getMetadata']>['columns'][number]

/** The `where` of TypeORM for a filter. */
export function whereOf(dataSource: DataSource, entity: Entity, filter: RowFilter, idProperty: string): ObjectLiteral {
  const where: ObjectLiteral = {}
  for (const [name, value] of Object.entries(filter)) {
    const property = name === 'id' ? idProperty : name
    where[property] = value === null ? IsNull() : isOneOf(dataSource, entity, property, [value])
  }
  return where
}

/**
 * The condition that a column has exactly one of these values. Text is compared by its bytes, since collations find
 * different texts equal. Values are converted here: TypeORM 0.3 applies a column's transformer to some conditions only.
 */
export function isOneOf(
  dataSource: DataSource,
  entity: Entity,
  property: string,
  values: readonly unknown[],
): FindOperator<unknown> {
  if (values.length === 0) return In([])
  const column = dataSource.getMetadata(entity).findColumnWithPropertyName(property) as ColumnMetadata
  const compared = comparedColumn(dataSource, column)
  const prepared = values.map((value) => {
    const asStored = comparedValue(compared, dataSource.driver.preparePersistentValue(value, column))
    // sqlite3 binds a bigint as NULL. SQLite compares the text as a number with a column of numbers.
    return typeof asStored === 'bigint' && isSqlite3(dataSource) ? String(asStored) : asStored
  })
  const name = `session_${utf8(property).toString('hex')}`
  const rough = values.length === 1 ? `= :${name}` : `IN (:...${name})`
  const parameter = values.length === 1 ? prepared[0] : prepared
  const database = compared.text ? collatingDatabase(dataSource) : undefined
  const texts = prepared.filter((value) => typeof value === 'string')
  if (!database || texts.length < prepared.length) return Raw((sql) => `${sql} ${rough}`, { [name]: parameter })
  return Raw((sql) => `(${sql} ${rough} AND ${bytesIn(database, sql, `:...${name}_bytes`)})`, {
    [name]: parameter,
    [`${name}_bytes`]: texts.map(utf8),
  })
}

/** The traits of the column that a comparison needs, by its type in the database. */
function comparedColumn(dataSource: DataSource, column: ColumnMetadata): ComparedColumn {
  const type = dataSource.driver.normalizeType(column)
  return {
    property: column.propertyName,
    text: /char|text|clob|^enum$|^set$/.test(type) && !column.isArray,
    fixedWidth: isFixedWidth(type as ColumnType) && collatingDatabase(dataSource) !== 'sqlite',
    numbers: column.isArray ? undefined : numbersIn(type),
    boolean: type === 'tinyint',
  }
}

/** Whether the driver is sqlite3, which TypeORM 0.3 has. */
function isSqlite3({ options }: DataSource): boolean {
  return (options.type as string) === 'sqlite'
}

function numbersIn(type: string): ComparedColumn['numbers'] {
  if (/^(tiny|small|medium|big)?int(eger|\d)?$/.test(type)) return 'whole'
  return /^(float|dec|num|fixed|double|real)/.test(type) ? 'all' : undefined
}

function collatingDatabase({ options: { type } }: DataSource): CollatingDatabase | undefined {
  if (isMysql(type)) return 'mysql'
  if (type === 'postgres' || type === 'aurora-postgres') return 'postgres'
  return /sqlite|sqljs|capacitor|cordova|expo|nativescript|react-native/.test(type) ? 'sqlite' : undefined
}

/**
 * The condition for rows that are expired at `now` (`true`), or for living ones: a `where` of TypeORM. The comparison is
 * written as SQL, because TypeORM 0.3 applies a column's transformer to some conditions only.
 */
export function expiryCondition(table: SessionTable, expired: boolean, now: Date): ExpiryCondition {
  const parameter = `session_${expired ? 'expired' : 'active'}_at_${now.getTime()}`
  return compared(table, expired ? '<=' : '>', parameter, now)
}

/** The condition for rows that expire at `from` or later. */
export function expiresFrom(table: SessionTable, from: Date): ExpiryCondition {
  return compared(table, '>=', 'session_expires_from', from)
}

/** The conditions for rows of living sessions, or for those of a page. All must hold. */
export function livingConditions(table: SessionTable, page: LivingRows & Partial<IdPage>): ObjectLiteral[] {
  const { now, createdAfter, after = null } = page
  const { id, createdAt } = table
  const conditions: ObjectLiteral[] = [
    expiryCondition(table, false, now),
    { [id]: Raw((column) => `${column} NOT LIKE '~%'`) },
  ]
  if (createdAfter && createdAt !== undefined) {
    const parameters = { session_created_after: table.moment(createdAfter, 'createdAt') }
    const isYoung = Raw((column) => `(${column} > :session_created_after OR ${column} IS NULL)`, parameters)
    conditions.push({ [createdAt]: isYoung })
  }
  if (after !== null) conditions.push({ [id]: Raw((column) => `${column} > :session_after`, { session_after: after }) })
  return conditions
}

function compared(table: SessionTable, operator: string, parameter: string, moment: Date): ExpiryCondition {
  const condition = Raw((column) => `${column} ${operator} :${parameter}`, { [parameter]: table.moment(moment) })
  return { [table.expires]: condition } as unknown as ExpiryCondition
}
