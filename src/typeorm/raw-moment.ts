import type { DataSource } from 'typeorm'
import { beginsWithYear } from '../model/moment-text.js'

type ColumnMetadata = ReturnType<DataSource['getMetadata']>['columns'][number]

/**
 * The value of a column as its conversion gives it; a text that TypeORM would take for a date by the order of day and month in
 * America stays text.
 */
export function hydrated(driver: DataSource['driver'], raw: unknown, column: ColumnMetadata): unknown {
  if (typeof raw === 'string' && isDateColumn(column) && !beginsWithYear(raw)) return raw
  return driver.prepareHydratedValue(raw, column)
}

function isDateColumn({ type }: ColumnMetadata): boolean {
  return type === Date || (typeof type === 'string' && /^(datetime|timestamp)/.test(type))
}
