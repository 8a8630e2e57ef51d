import type { DataSource, EntitySubscriberInterface } from 'typeorm'
import type { Constructor } from '../model/metadata.js'
import { isSqlite } from './parameters.js'

/** Whether statements that were made before can be replayed: no column needs SQL around its value, and the driver takes them. */
export function isReplayable(dataSource: DataSource, entity: Constructor): boolean {
  const { columns } = dataSource.getMetadata(entity)
  const { spatialTypes = [] } = dataSource.driver as { spatialTypes?: readonly unknown[] }
  const isServer = ['postgres', 'mysql', 'mariadb'].includes(dataSource.options.type)
  return (isServer || isSqlite(dataSource)) && !columns.some(({ type }) => spatialTypes.includes(type))
}

/** Whether somebody listens to updates. Subscribers may be added at any time. */
export function areUpdatesHeard({ subscribers }: DataSource): boolean {
  return subscribers.some(({ beforeUpdate, afterUpdate }) => beforeUpdate ?? afterUpdate)
}

/** Whether the database can write several rows in one statement that tells which ones it wrote. */
export function canBatch(dataSource: DataSource, entity: Constructor): boolean {
  const isShared = dataSource.getMetadata(entity).discriminatorColumn !== undefined
  const isAble = dataSource.options.type === 'postgres' || isSqlite(dataSource)
  return isAble && !isShared && isReplayable(dataSource, entity)
}

/**
 * Whether somebody may be called within a session write. What he writes himself belongs to it, and must not wait for
 * transactions, on the one connection of SQLite.
 */
export function areWritesHeard(dataSource: DataSource, entity: Constructor): boolean {
  const { listeners } = dataSource.getMetadata(entity)
  return listeners.some(({ type }) => type !== 'after-load') || dataSource.subscribers.some(hearsWrites)
}

const writeEvents = ['Insert', 'Update', 'Remove', 'SoftRemove', 'Recover', 'Query'].flatMap((event) => [
  `before${event}`,
  `after${event}`,
])

/** What is known of subscribers: they are asked about at each write. */
const known = new WeakMap<EntitySubscriberInterface, boolean>()

function hearsWrites(subscriber: EntitySubscriberInterface): boolean {
  let hears = known.get(subscriber)
  if (hears === undefined) {
    hears = writeEvents.some((event) => event in subscriber)
    known.set(subscriber, hears)
  }
  return hears
}
