import type { ObjectSnapshot } from './object-snapshot.js'
import type { PropertySchema } from './property-schema.js'
import { isSameSnapshot, snapshotOf } from './property-schema.js'

/** An object that a request holds. */
export class ManagedObject {
  readonly value: object
  /** Its content when the request got it from the session, which shares its nodes with nobody; `undefined` if the application set it. */
  readonly made: ObjectSnapshot | undefined
  /** Its stored form at that time, for a serializer of the application, which may store more than JSON does. */
  readonly snapshot: unknown

  constructor(value: object, made: ObjectSnapshot | undefined, snapshot?: unknown) {
    this.value = value
    this.made = made
    this.snapshot = snapshot
  }
}

/** The number of objects that are checked before every write. */
const most = 8

interface StaleObject {
  readonly name: string
  readonly object: WeakRef<object>
  /** Its stored form when it was last checked. */
  known: unknown
}

/**
 * The objects that a request holds but that no longer belong to the session: a change in them would be lost.
 *
 * Before each write the latest ones are checked, and at the end all that still exist. An object that nothing refers to can
 * be collected, so a long request that detaches many keeps few.
 */
export class DetachedObjects {
  readonly #schema: PropertySchema
  readonly #objects = new Set<StaleObject>()
  readonly #byObject = new WeakMap<object, StaleObject>()
  /** The latest ones, kept from being collected: one may be changed and let go before the next check. */
  #latest: object[] = []
  #sweepAt = 100

  constructor(schema: PropertySchema) {
    this.#schema = schema
  }

  /** Adds an object that was the property `name` until now. */
  add(name: string, { value }: ManagedObject): void {
    this.readmit(value)
    const stale = { name, object: new WeakRef(value), known: snapshotOf(this.#schema, name, value) }
    this.#objects.add(stale)
    this.#byObject.set(value, stale)
    this.#latest.push(value)
    if (this.#objects.size >= this.#sweepAt) this.#sweep()
  }

  /** Forgets the objects that were the property `name`. */
  forget(name: string): void {
    for (const stale of this.#objects) if (stale.name === name) this.#objects.delete(stale)
  }

  /** Forgets an object, because it belongs to the session again. */
  readmit(value: object): void {
    const stale = this.#byObject.get(value)
    if (stale) this.#objects.delete(stale)
  }

  /** The names of the objects that have changed since the last check: of all with `isLast`, else of the latest. */
  look(isLast: boolean): string[] {
    if (this.#objects.size === 0) return []
    const names = new Set<string>()
    for (const value of isLast ? this.#alive() : this.#latest) {
      const stale = this.#byObject.get(value)
      if (!stale || !this.#objects.has(stale)) continue
      const { name, known } = stale
      stale.known = snapshotOf(this.#schema, name, value)
      if (!isSameSnapshot(this.#schema, name, known, stale.known)) names.add(name)
    }
    this.#latest = this.#latest.slice(-most)
    return [...names]
  }

  /** The objects that have not been collected. */
  #alive(): object[] {
    return Array.from(this.#objects, ({ object }) => object.deref()).filter((value) => value !== undefined)
  }

  #sweep(): void {
    for (const stale of this.#objects) if (!stale.object.deref()) this.#objects.delete(stale)
    this.#sweepAt = 2 * this.#objects.size + 100
  }
}
