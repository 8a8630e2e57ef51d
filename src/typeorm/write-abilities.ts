import type { DataSource, EntitySubscriberInterface } from 'typeorm'
import type { Constructor } from '../model/metadata.js'
import { isSqlite } from './parameters.js'

/** Whether somebody listens to updates, a column needs SQL around its value, or the driver takes no statement made before. */
export function needsBuilder(dataSource: DataSource, entity: Constructor): boolean {
  const { columns } = dataSource.getMetadata(entity)
  const { spatialTypes = [] } = dataSource.driver as { spatialTypes?: readonly unknown[] }
  const isHeard = dataSource.subscribers.some(({ beforeUpdate, afterUpdate }) => beforeUpdate ?? afterUpdate)
  const isServer = ['postgres', 'mysql', 'mariadb'].includes(dataSource.options.type)
  return isHeard || !(isServer || isSqlite(dataSource)) || columns.some(({ type }) => spatialTypes.includes(type))
}

/** Whether several rows can be written in one statement that tells which ones it wrote. */
export function canBatch(dataSource: DataSource, entity: Constructor): boolean {
  const isShared = dataSource.getMetadata(entity).discriminatorColumn !== undefined
  if (isShared || needsBuilder(dataSource, entity)) return false
  return dataSource.options.type === 'postgres' || (isSqlite(dataSource) && !areWritesHeard(dataSource, entity))
}

/**
 * Whether somebody may be called within a session write. What he writes himself must not wait for transactions, on the one
 * connection of SQLite; and a batch cannot be told from one of other requests.
 */
export function areWritesHeard(dataSource: DataSource, entity: Constructor): boolean {
  const { listeners } = dataSource.getMetadata(entity)
  return listeners.some(({ type }) => type !== 'after-load') || dataSource.subscribers.some(hearsWrites)
}

const writeEvents = ['Insert', 'Update', 'Remove', 'SoftRemove', 'Recover', 'Query'].flatMap((event) => [
  `before${event}`,
  `after${event}`,
])

function hearsWrites(subscriber: EntitySubscriberInterface): boolean {
  return writeEvents.some((event) => event in subscriber)
}
