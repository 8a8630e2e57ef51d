import type { DataSource, ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import { toDate } from '../model/dates.js'
import { beginsWithYear, isZoneless } from '../model/moment-text.js'
import type { SessionTable } from '../model/session-table.js'
import { isMysql } from './column-types.js'
import { isSqlite } from './sqlite-parameters.js'

type ColumnMetadata = ReturnType<DataSource['getMetadata']>['columns'][number]

/**
 * The moment that a column holds, by the column's conversion except where TypeORM misreads values: it parses any text as an
 * American date in local time. On SQLite a number is no date, since the database sorts it before every date.
 */
export function momentOf(dataSource: DataSource, raw: unknown, column: ColumnMetadata): unknown {
  if (!isDateColumn(column)) return dataSource.driver.prepareHydratedValue(raw, column)
  const value = asDate(dataSource, raw)
  if (typeof value === 'string' && !beginsWithYear(value)) return value
  return dataSource.driver.prepareHydratedValue(value, column)
}

function asDate(dataSource: DataSource, raw: unknown): unknown {
  if (typeof raw === 'number' && isSqlite(dataSource)) return undefined
  if (!isZoneless(raw) || !isMysql(dataSource.options.type)) return raw
  const { timezone = 'local' } = dataSource.options as { timezone?: string }
  return timezone === 'local' ? new Date(raw.replace(' ', 'T')) : toDate(raw + timezone)
}

/** The entities that a query without joins finds, with moments read by {@link momentOf}. */
export async function entitiesOf(
  dataSource: DataSource,
  select: SelectQueryBuilder<ObjectLiteral>,
  { dates }: SessionTable,
): Promise<ObjectLiteral[]> {
  const { entities, raw } = await select.getRawAndEntities<Record<string, unknown>>()
  const { columns = [] } = select.expressionMap.mainAlias?.metadata ?? {}
  const moments = columns.filter((column) => dates.includes(column.propertyName) && isDateColumn(column))
  for (const [index, entity] of entities.entries()) {
    for (const column of moments) {
      const value = raw[index]?.[`${select.alias}_${column.databaseName}`]
      if (typeof value === 'string') entity[column.propertyName] = momentOf(dataSource, value, column)
    }
  }
  return entities
}

function isDateColumn({ type }: ColumnMetadata): boolean {
  return type === Date || (typeof type === 'string' && /^(datetime|timestamp)/.test(type))
}
