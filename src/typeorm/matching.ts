import { type DataSource, type EntityTarget, type FindOperator, In, IsNull, type ObjectLiteral, Raw } from 'typeorm'
import type { RowFilter } from '../core/backend.js'
import { isMysql } from './columns.js'

type Entity = EntityTarget<ObjectLiteral>

/**
 * The filter as a `where` of TypeORM. Values go through the column's conversion here, because TypeORM 0.3 applies a
 * column's transformer to some conditions and not to others.
 */
export function matching(dataSource: DataSource, entity: Entity, filter: RowFilter, idProperty: string): ObjectLiteral {
  const where: ObjectLiteral = {}
  for (const [name, value] of Object.entries(filter)) {
    const property = name === 'id' ? idProperty : name
    if (name === 'id' && typeof value === 'string') where[property] = idIn(dataSource, entity, property, [value])
    else where[property] = value === null ? IsNull() : equal(dataSource, entity, property, value)
  }
  return where
}

function equal(dataSource: DataSource, entity: Entity, property: string, value: unknown): FindOperator<unknown> {
  const parameter = `session_${property}`
  return Raw((sql) => `${sql} = :${parameter}`, { [parameter]: prepare(dataSource, entity, property, value) })
}

/**
 * The condition for exactly these ids: MySQL and MariaDB take two that differ only in blanks at the end for equal, and
 * would end another session.
 */
export function idIn(
  dataSource: DataSource,
  entity: Entity,
  property: string,
  ids: readonly string[],
): FindOperator<unknown> {
  if (ids.length === 0 || !isMysql(dataSource.options.type)) return In([...ids])
  const prepared = ids.map((id) => prepare(dataSource, entity, property, id))
  return Raw((sql) => `(${sql} IN (:...session_ids) AND CONCAT(${sql}, '.') IN (:...session_exact_ids))`, {
    session_ids: prepared,
    session_exact_ids: prepared.map((id) => `${id}.`),
  })
}

function prepare(dataSource: DataSource, entity: Entity, property: string, value: unknown): unknown {
  const column = dataSource.getMetadata(entity).findColumnWithPropertyName(property)
  return column ? dataSource.driver.preparePersistentValue(value, column) : value
}
