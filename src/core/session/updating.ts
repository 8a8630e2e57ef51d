import { AsyncLocalStorage } from 'node:async_hooks'
import type { Properties } from '../properties/properties.js'

/** A running call of `update()`, with the properties that code inside it reads and changes. */
interface Updating {
  readonly session: object
  readonly properties: Properties
  /** Whether the function of `update()` is running. Work that it has left running does not count as inside. */
  isActive: boolean
  readonly outer: Updating | undefined
}

const store = new AsyncLocalStorage<Updating>()

/** Runs the function of `update()`, for which `properties` are those of the session. */
export async function runUpdate(session: object, properties: Properties, change: () => unknown): Promise<void> {
  const updating: Updating = { session, properties, isActive: true, outer: store.getStore() }
  try {
    await store.run(updating, async () => change())
  } finally {
    updating.isActive = false
  }
}

/** The properties for code that runs inside `update()` of the session; `undefined` for code outside. */
export function propertiesInUpdate(session: object): Properties | undefined {
  for (let updating = store.getStore(); updating; updating = updating.outer) {
    if (updating.isActive && updating.session === session) return updating.properties
  }
  return undefined
}
