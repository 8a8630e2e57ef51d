import type { DataSource, EntityMetadata, EntitySubscriberInterface } from 'typeorm'
import type { Constructor } from '../model/metadata.js'

/** Whether there are listeners to the loading of entities. Subscribers may be added at any time. */
export function hasLoadListeners({ subscribers }: DataSource, { afterLoadListeners }: EntityMetadata): boolean {
  return afterLoadListeners.length > 0 || subscribers.some(({ afterLoad }) => afterLoad)
}

/** Whether there are listeners to updates. Subscribers may be added at any time. */
export function hasUpdateListeners({ subscribers }: DataSource): boolean {
  return subscribers.some(({ beforeUpdate, afterUpdate }) => beforeUpdate ?? afterUpdate)
}

/**
 * Whether listeners may run within a session write. Their own writes belong to it: on the one connection of SQLite they
 * must not wait for transactions.
 */
export function hasWriteListeners(dataSource: DataSource, entity: Constructor): boolean {
  const { listeners } = dataSource.getMetadata(entity)
  return listeners.some(({ type }) => type !== 'after-load') || dataSource.subscribers.some(listensToWrites)
}

const writeEvents = ['Insert', 'Update', 'Remove', 'SoftRemove', 'Recover', 'Query'].flatMap((event) => [
  `before${event}`,
  `after${event}`,
])

/** Caches whether a subscriber listens to writes, as each write asks. */
const known = new WeakMap<EntitySubscriberInterface, boolean>()

function listensToWrites(subscriber: EntitySubscriberInterface): boolean {
  let listens = known.get(subscriber)
  if (listens === undefined) {
    listens = writeEvents.some((event) => event in subscriber)
    known.set(subscriber, listens)
  }
  return listens
}
