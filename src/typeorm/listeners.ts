import type { DataSource, EntityMetadata, EntitySubscriberInterface } from 'typeorm'
import type { Constructor } from '../model/metadata.js'

/** Whether somebody listens to the loading of entities. Subscribers may be added at any time. */
export function hasLoadListeners({ subscribers }: DataSource, { afterLoadListeners }: EntityMetadata): boolean {
  return afterLoadListeners.length > 0 || subscribers.some(({ afterLoad }) => afterLoad)
}

/** Whether somebody listens to updates. Subscribers may be added at any time. */
export function hasUpdateListeners({ subscribers }: DataSource): boolean {
  return subscribers.some(({ beforeUpdate, afterUpdate }) => beforeUpdate ?? afterUpdate)
}

/**
 * Whether somebody may be called within a session write. What he writes himself belongs to it, and must not wait for
 * transactions, on the one connection of SQLite.
 */
export function hasWriteListeners(dataSource: DataSource, entity: Constructor): boolean {
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
