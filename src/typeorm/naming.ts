import { type DataSource, DefaultNamingStrategy } from 'typeorm'
import { assertDistinct, type ColumnNaming } from '../model/columns.js'
import type { Constructor } from '../model/metadata.js'
import { assertName, type NameRule, namesOn, without } from '../model/names.js'
import { type DatabaseType, isMysql, isPostgres } from './column-types.js'

/** The names of an entity's columns. */
export interface EntityNaming extends ColumnNaming {
  /** The database's name of the column for this property. `given` is the name in its decorator, if there is one. */
  columnName(property: string, given: string | undefined): string
  /** The default name of the column that a relation adds for its foreign key. */
  joinColumnName(relation: string, referenced: string): string
}

/** The naming of a data source, with its naming strategy; without a data source, TypeORM's default naming. */
export function entityNaming(dataSource: DataSource | undefined): EntityNaming {
  const strategy = dataSource?.namingStrategy
  const columnName: EntityNaming['columnName'] = (property, given) =>
    strategy ? strategy.columnName(property, given as string, []) : (given ?? property)
  return {
    columnName,
    joinColumnName: (relation, referenced) =>
      (strategy ?? new DefaultNamingStrategy()).joinColumnName(relation, referenced),
    nameOf: ({ role, name }) => columnName(role, name === role ? undefined : name),
    caseSensitive: isPostgres(dataSource?.options.type),
    rules: nameRules(dataSource?.options.type),
  }
}

/** Throws `COLUMN_DUPLICATE` or `NAME_UNUSABLE` for column names that come from the naming strategy of the data source. */
export function assertNames(dataSource: DataSource, entity: Constructor): void {
  const columns = dataSource.getMetadata(entity).columns.filter((column) => !column.isVirtualProperty)
  const names = columns.map((column) => column.databaseName)
  const { caseSensitive, rules } = entityNaming(dataSource)
  for (const name of names) assertName('column', name, rules)
  assertName('table', dataSource.getMetadata(entity).tableName, tableNameRules(dataSource.options.type))
  assertDistinct(names, caseSensitive)
}

/** The rules for names of columns. TypeORM writes them into its SQL unchanged, and looks for its parameters there. */
function nameRules(database: DatabaseType | undefined): NameRule[] {
  const quote = isMysql(database) ? /`/ : database === undefined ? /["`]/ : /"/
  return [
    ...namesOn(isMysql(database) ? 'mysql' : isPostgres(database) ? 'postgres' : 'other'),
    without(quote, 'it has the quote that TypeORM puts around names'),
    without(/:\w/, 'TypeORM takes a colon before a letter for a parameter'),
  ]
}

/** Throws `NAME_UNUSABLE` for a table name of `@SessionModel()`, with the prefix of the data source. */
export function assertTableName(dataSource: DataSource | undefined, tableName: string | undefined): void {
  if (tableName === undefined) return
  assertName('table', `${dataSource?.options.entityPrefix ?? ''}${tableName}`, tableNameRules(dataSource?.options.type))
}

/** The rules for the name of a table, which TypeORM also writes into SQL texts. */
function tableNameRules(database: DatabaseType | undefined): readonly NameRule[] {
  return [...nameRules(database), without(/'/, "it has the quote ' that TypeORM puts around texts")]
}
