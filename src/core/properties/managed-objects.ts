import { jsonSerializer } from '../codec/serializer.js'
import { DetachedObjects, ManagedObject } from './detached-objects.js'
import { ObjectSnapshot } from './object-snapshot.js'
import type { PropertySchema } from './property-schema.js'
import { snapshotOf } from './property-schema.js'

/** The objects that a request holds: it got them from the session, or put them into it. */
export class ManagedObjects {
  readonly #schema: PropertySchema
  readonly #byName = new Map<string, ManagedObject>()
  #stale: DetachedObjects | undefined

  constructor(schema: PropertySchema) {
    this.#schema = schema
  }

  /** The names of the properties whose objects are managed. */
  names(): string[] {
    return [...this.#byName.keys()]
  }

  has(name: string): boolean {
    return this.#byName.has(name)
  }

  /** Whether the request got the object of this property from the session, and has not set it. */
  isGot(name: string): boolean {
    return this.#byName.get(name)?.made !== undefined
  }

  /** Whether an object of the data that the request got from the session may have changed. */
  get mayHaveChanged(): boolean {
    for (const [name, held] of this.#byName) if (this.#mayHaveChanged(name, held)) return true
    return false
  }

  #mayHaveChanged(name: string, { value, made, snapshot }: ManagedObject): boolean {
    if (!made || this.#schema.columns.has(name)) return false
    return snapshot === undefined ? !made.isUnchanged : snapshotOf(this.#schema, name, value) !== snapshot
  }

  /** Notes that the request gets an object of the session. */
  give(name: string, value: object): void {
    const { columns, serializer } = this.#schema
    const isJson = serializer === jsonSerializer || columns.has(name)
    const snapshot = isJson ? undefined : snapshotOf(this.#schema, name, value)
    this.#byName.set(name, new ManagedObject(value, new ObjectSnapshot(value), snapshot))
  }

  /** Notes that the request put its own object into the session. */
  take(name: string, value: object): void {
    this.#byName.set(name, new ManagedObject(value, this.#madeOf(value)))
    this.#stale?.readmit(value)
  }

  /** Takes over an object of `other`, which becomes part of the session. */
  attachFrom(name: string, other: ManagedObjects): void {
    const held = other.#byName.get(name)
    if (!held) return
    this.#byName.set(name, held)
    this.#stale?.readmit(held.value)
  }

  /** Detaches the object of this property from the session. */
  detach(name: string): void {
    this.detachFrom(this, name)
    this.#byName.delete(name)
  }

  /** Detaches an object that `other` manages. */
  detachFrom(other: ManagedObjects, name: string): void {
    const held = other.#byName.get(name)
    if (!held) return
    this.#stale ??= new DetachedObjects(this.#schema)
    this.#stale.add(name, held)
  }

  /** Forgets the objects of a property that the application replaced itself: it knows that the old ones are detached. */
  release(name: string): void {
    this.#byName.delete(name)
    this.#stale?.forget(name)
  }

  /** The names of properties with a detached object that has changed since the last check: of all with `isLast`, else of the latest. */
  changedDetached(isLast: boolean): string[] {
    return this.#stale?.look(isLast) ?? []
  }

  #madeOf(value: object): ManagedObject['made'] {
    for (const held of this.#byName.values()) if (held.value === value) return held.made
    return undefined
  }
}
