import type { DataSource, ObjectLiteral, SelectQueryBuilder } from 'typeorm'
import { beginsWithYear } from '../model/moment-text.js'
import type { SessionTable } from '../model/session-table.js'
import { isSqlite } from './parameters.js'

type ColumnMetadata = ReturnType<DataSource['getMetadata']>['columns'][number]

/**
 * The moment that a column holds, as its conversion gives it. A text that TypeORM would take for a date by the American order
 * of day and month stays text; and on SQLite a number is no date, since the database takes it to be before every date.
 */
export function momentOf(dataSource: DataSource, raw: unknown, column: ColumnMetadata): unknown {
  if (isDateColumn(column)) {
    if (isMisread(raw)) return raw
    if (typeof raw === 'number' && isSqlite(dataSource)) return undefined
  }
  return dataSource.driver.prepareHydratedValue(raw, column)
}

/** The entities that a query without joins finds, with their moments as {@link momentOf} has them. */
export async function entitiesOf(
  select: SelectQueryBuilder<ObjectLiteral>,
  { dates }: SessionTable,
): Promise<ObjectLiteral[]> {
  const { entities, raw } = await select.getRawAndEntities<Record<string, unknown>>()
  const { columns = [] } = select.expressionMap.mainAlias?.metadata ?? {}
  const moments = columns.filter((column) => dates.includes(column.propertyName) && isDateColumn(column))
  for (const [index, entity] of entities.entries()) {
    for (const { propertyName, databaseName } of moments) {
      const value = raw[index]?.[`${select.alias}_${databaseName}`]
      if (isMisread(value)) entity[propertyName] = value
    }
  }
  return entities
}

function isMisread(raw: unknown): raw is string {
  return typeof raw === 'string' && !beginsWithYear(raw)
}

function isDateColumn({ type }: ColumnMetadata): boolean {
  return type === Date || (typeof type === 'string' && /^(datetime|timestamp)/.test(type))
}
