import { type DataSource, type EntityTarget, IsNull, type ObjectLiteral, Raw } from 'typeorm'
import type { RowFilter } from '../core/backend.js'

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
    const prepared: unknown = column ? dataSource.driver.preparePersistentValue(value, column) : value
    const parameter = `session_${property}`
    where[property] = value === null ? IsNull() : Raw((sql) => `${sql} = :${parameter}`, { [parameter]: prepared })
  }
  return where
}
