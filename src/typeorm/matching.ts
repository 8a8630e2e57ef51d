import { type DataSource, type EntityTarget, IsNull, type ObjectLiteral, Raw } from 'typeorm'
import type { RowFilter } from '../core/backend.js'
import { columnTraits } from './columns.js'

/**
 * The filter as a `where` of TypeORM. Values go through the column's conversion here, because TypeORM 0.3 applies a
 * column's transformer to some conditions and not to others.
 */
export function matching(
  dataSource: DataSource,
  entity: EntityTarget<ObjectLiteral>,
  filter: RowFilter,
  idProperty: string,
): ObjectLiteral {
  const where: ObjectLiteral = {}
  for (const [name, value] of Object.entries(filter)) {
    const property = name === 'id' ? idProperty : name
    const column = dataSource.getMetadata(entity).findColumnWithPropertyName(property)
    const persistent: unknown = column ? dataSource.driver.preparePersistentValue(value, column) : value
    const prepared = column && columnTraits({ type: column.type }, undefined).text ? textOf(persistent) : persistent
    const parameter = `session_${property}`
    where[property] = value === null ? IsNull() : Raw((sql) => `${sql} = :${parameter}`, { [parameter]: prepared })
  }
  return where
}

/** What text is compared with: MySQL takes the number 0 for equal to every text that does not begin with a digit. */
function textOf(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : value
}
