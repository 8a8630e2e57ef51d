import type { DataSource } from 'typeorm'
import { type ColumnNaming, refuseDuplicates } from '../model/columns.js'
import type { Constructor } from '../model/metadata.js'
import { isPostgres } from './columns.js'

/** How an entity's columns are named. */
export interface EntityNaming extends ColumnNaming {
  /** The name in the database of the column that has this property, and this name if it was given one. */
  columnName(property: string, given: string | undefined): string
}

/** As the data source names columns, by its naming strategy too. Without one, as far as that is known. */
export function entityNaming(dataSource: DataSource | undefined): EntityNaming {
  const strategy = dataSource?.namingStrategy
  const columnName: EntityNaming['columnName'] = (property, given) =>
    strategy ? strategy.columnName(property, given as string, []) : (given ?? property)
  return {
    columnName,
    nameOf: ({ role, name }) => columnName(role, name === role ? undefined : name),
    caseSensitive: isPostgres(dataSource?.options.type),
  }
}

/** Throws `COLUMN_DUPLICATE` where columns got one name by the naming strategy of the data source that takes the entity. */
export function refuseSharedNames(dataSource: DataSource, entity: Constructor): void {
  const columns = dataSource.getMetadata(entity).columns.filter((column) => !column.isVirtualProperty)
  const names = columns.map((column) => column.databaseName)
  refuseDuplicates(names, entityNaming(dataSource).caseSensitive)
}
