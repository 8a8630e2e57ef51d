import type { ObjectSnapshot } from './object-snapshot.js'
import type { PropertySchema } from './property-schema.js'
import { isSameSnapshot, snapshotOf } from './property-schema.js'

/** An object that a request has in its hands. */
export class ManagedObject {
  readonly value: object
  /** What it held when the request got it from the session: nobody else has its nodes. Nothing, if the application put it in. */
  readonly made: ObjectSnapshot | undefined
  /** What would have been stored of it then, where a serializer of the application may store more than JSON does. */
  readonly snapshot: unknown

  constructor(value: object, made: ObjectSnapshot | undefined, snapshot?: unknown) {
    this.value = value
    this.made = made
    this.snapshot = snapshot
  }
}

/** How many are looked at before every write. */
const most = 8

interface StaleObject {
  readonly name: string
  readonly object: WeakRef<object>
  /** What it held when it was last looked at. */
  known: unknown
}

/**
 * The objects that a request has in its hands, and that are no part of the session any more: a change in them is lost.
 *
 * Before each write the latest are looked at, and at the end all that still exist: one that nobody has can be collected,
 * and a long request that leaves out many pays for few.
 */
export class DetachedObjects {
  readonly #schema: PropertySchema
  readonly #objects = new Set<StaleObject>()
  readonly #byObject = new WeakMap<object, StaleObject>()
  /** The latest, which are not collected: one may be changed and let go before the next look. */
  #latest: object[] = []
  #sweepAt = 100

  constructor(schema: PropertySchema) {
    this.#schema = schema
  }

  /** The object was the property `name` until now. */
  add(name: string, { value }: ManagedObject): void {
    this.readmit(value)
    const stale = { name, object: new WeakRef(value), known: snapshotOf(this.#schema, name, value) }
    this.#objects.add(stale)
    this.#byObject.set(value, stale)
    this.#latest.push(value)
    if (this.#objects.size >= this.#sweepAt) this.#sweep()
  }

  /** Forgets those that were the property `name`. */
  forget(name: string): void {
    for (const stale of this.#objects) if (stale.name === name) this.#objects.delete(stale)
  }

  /** Forgets the object: it is part of the session again. */
  readmit(value: object): void {
    const stale = this.#byObject.get(value)
    if (stale) this.#objects.delete(stale)
  }

  /** The names of those that have changed since the last look: of the latest, or of all. */
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

  /** Those that somebody may still have. */
  #alive(): object[] {
    return Array.from(this.#objects, ({ object }) => object.deref()).filter((value) => value !== undefined)
  }

  #sweep(): void {
    for (const stale of this.#objects) if (!stale.object.deref()) this.#objects.delete(stale)
    this.#sweepAt = 2 * this.#objects.size + 100
  }
}
