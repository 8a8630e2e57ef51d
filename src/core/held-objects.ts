import { freezeWithin, nodesIn } from './freeze.js'
import type { PropertySchema } from './property-schema.js'
import { StaleObjects } from './stale-objects.js'

/** The objects that a request has in its hands: it has got them from the session, or has put them into it. */
export class HeldObjects {
  /** By name, whether the property was got; else the application has put it in. */
  readonly #names = new Map<string, boolean>()
  /** Which objects were in one when it was given: nobody else has them. */
  readonly #made = new WeakMap<object, ReadonlySet<object>>()
  /** Those that are no part of the session any more. */
  readonly stale: StaleObjects

  constructor(schema: PropertySchema) {
    this.stale = new StaleObjects(schema)
  }

  /** The names of the properties whose objects are held. */
  names(): string[] {
    return [...this.#names.keys()]
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  /** Whether the request has got the property from the session, and has not set it. */
  isGot(name: string): boolean {
    return this.#names.get(name) === true
  }

  /** The request gets an object that was made for it. */
  give(name: string, value: object): void {
    this.#names.set(name, true)
    this.#made.set(value, nodesIn(value))
  }

  /** The request has put its object into the session. */
  take(name: string, value: object): void {
    this.#names.set(name, false)
    this.stale.readmit(value)
  }

  /** An object that `other` knows of becomes part of the session. */
  adopt(name: string, value: object, other: HeldObjects): void {
    this.#names.set(name, other.isGot(name))
    const made = other.#made.get(value)
    if (made) this.#made.set(value, made)
    this.stale.readmit(value)
  }

  /** The object is no part of the session any more. */
  leaveOut(name: string, value: object): void {
    this.#names.delete(name)
    this.stale.add(name, value)
  }

  /** The same for one of `other`. */
  leaveOutOf(other: HeldObjects, name: string, value: object): void {
    const made = other.#made.get(value)
    if (made) this.#made.set(value, made)
    this.stale.add(name, value)
  }

  /** The application has replaced the property itself: it knows that its old objects are no part of the session. */
  release(name: string): void {
    this.#names.delete(name)
    this.stale.forget(name)
  }

  /** Freezes what was made for the request of these properties, and of what was left out. */
  freeze(valueAt: (name: string) => unknown): void {
    for (const value of [...this.names().map(valueAt), ...this.stale.alive()]) {
      const made = this.#made.get(value as object)
      if (made) freezeWithin(value, made)
    }
  }
}
