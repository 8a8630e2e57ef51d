import { isDeepStrictEqual } from 'node:util'

/** How many objects are kept at least, although they have not been changed until the last look. */
const most = 16

interface StaleObject {
  readonly name: string
  readonly object: WeakRef<object>
  /** What it held when it was last looked at, as that would be stored. */
  known: unknown
}

/**
 * The objects that a request has in its hands, and that are no part of the session any more: a change in them is lost.
 * One that nobody has can be collected, so that a long request with many of them holds few.
 */
export class StaleObjects {
  readonly #formOf: (name: string, value: object) => unknown
  #objects: StaleObject[] = []
  /** Those that are not collected: one may be changed and let go before the next look. */
  #kept: object[] = []

  /** `formOf` tells what would be stored of an object. */
  constructor(formOf: (name: string, value: object) => unknown) {
    this.#formOf = formOf
  }

  /** The object was the property `name` until now. */
  add(name: string, value: object): void {
    this.#objects.push({ name, object: new WeakRef(value), known: this.#formOf(name, value) })
    this.#kept.push(value)
  }

  /** Forgets those that were the property `name`. */
  forget(name: string): void {
    if (this.#objects.length > 0) this.#objects = this.#objects.filter((stale) => stale.name !== name)
  }

  /** Forgets the object: it is part of the session again. */
  readmit(value: object): void {
    if (this.#objects.length > 0) this.#objects = this.#objects.filter(({ object }) => object.deref() !== value)
  }

  /** The names of those that have changed since the last look. */
  look(): string[] {
    if (this.#objects.length === 0) return []
    const changed = new Set<string>()
    for (const stale of this.#objects) {
      const value = stale.object.deref()
      if (!value) continue
      const form = this.#formOf(stale.name, value)
      if (!isDeepStrictEqual(form, stale.known)) changed.add(stale.name)
      stale.known = form
    }
    this.#objects = this.#objects.filter(({ object }) => object.deref())
    this.#kept = this.#kept.slice(-most)
    return [...changed]
  }

  /** Those that somebody may still have. */
  alive(): object[] {
    return this.#objects.flatMap(({ object }) => object.deref() ?? [])
  }
}
