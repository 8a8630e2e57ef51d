import { AsyncLocalStorage } from 'node:async_hooks'
import type { Properties } from '../properties/properties.js'

/** That code runs inside of `update()` of a session: what it sees and changes there. */
interface Updating {
  readonly session: object
  readonly properties: Properties
  /** Until the function of `update()` has ended; what it has left running is outside. */
  isActive: boolean
  readonly outer: Updating | undefined
}

const store = new AsyncLocalStorage<Updating>()

/** Runs the function of `update()`, which sees `properties` as those of the session. */
export async function runUpdate(session: object, properties: Properties, change: () => unknown): Promise<void> {
  const updating: Updating = { session, properties, isActive: true, outer: store.getStore() }
  try {
    await store.run(updating, async () => change())
  } finally {
    updating.isActive = false
  }
}

/** What code inside of `update()` of the session sees as its properties; `undefined` for code outside. */
export function propertiesInUpdate(session: object): Properties | undefined {
  for (let updating = store.getStore(); updating; updating = updating.outer) {
    if (updating.isActive && updating.session === session) return updating.properties
  }
  return undefined
}
