import { isDeepStrictEqual } from 'node:util'
import type { StoredRow } from '../codec/session-meta.js'
import { notSettable, stale } from '../errors.js'
import type { ChangeSet, MergeFunction } from './change-set.js'
import { copyOf } from './copy.js'
import { ManagedObjects } from './managed-objects.js'
import { assertProperty, isObject, reservedNames } from './property-names.js'
import { TrackedValues } from './tracked-values.js'

/**
 * The properties of a session, as a request reads and sets them. An object that the request holds stays part of the session
 * if possible; else a later change in it is noticed.
 */
export class Properties extends TrackedValues {
  /** The objects that the request holds; `undefined` until there is one. */
  #held: ManagedObjects | undefined
  #hasTaken = false

  protected override get mayHaveChanged(): boolean {
    return this.#held?.mayHaveChanged === true
  }

  get(name: string): unknown {
    const value = this.value(name)
    if (typeof value !== 'object' || value === null || this.#held?.has(name)) return value
    this.#holding().give(name, value)
    return value
  }

  set(name: string, value: unknown): void {
    assertProperty(name, value)
    this.#set(name, value)
  }

  remove(name: string): void {
    this.delete(name)
    this.#held?.release(name)
  }

  /** Removes a property and returns its value; `undefined` if it does not {@link holds hold} anything. */
  take(name: string): unknown {
    if (!this.holds(name)) return undefined
    const value = this.value(name)
    this.remove(name)
    this.#hasTaken = true
    return value
  }

  override changes(): ChangeSet {
    return this.#hasTaken ? { ...super.changes(), hasTaken: true } : super.changes()
  }

  /**
   * Replaces all properties by `values`. Columns without a value get their value in a new session. With `sparesForeign` a
   * reserved name is accepted if the row has it already: another program has written it.
   */
  replace(values: Readonly<Record<string, unknown>>, { sparesForeign = false } = {}): void {
    if (!isObject(values)) throw notSettable()
    const entries = Object.entries(values)
    for (const [name, value] of entries) {
      if (!(sparesForeign && this.#isForeign(name))) assertProperty(name, value)
    }
    this.#held = undefined
    this.clear()
    for (const [name, value] of entries) this.#set(name, value)
  }

  /** Sets these properties, or removes those that are `undefined`: all of them, or none if one is refused. */
  assign(changes: ReadonlyMap<string, unknown>): void {
    for (const [name, value] of changes) if (!this.#isForeign(name)) assertProperty(name, value)
    for (const [name, value] of changes) {
      if (value === undefined) this.remove(name)
      else this.#set(name, value)
    }
  }

  /** Whether the row has a property with a reserved name: it belongs to others who write to the table. */
  #isForeign(name: string): boolean {
    return reservedNames.has(name) && this.has(name)
  }

  #set(name: string, value: unknown): void {
    this.put(name, value)
    this.#held?.release(name)
    if (typeof value === 'object' && value !== null) this.#holding().take(name, value)
  }

  toObject(): Record<string, unknown> {
    const values = this.values()
    for (const name of Object.keys(values)) this.get(name)
    return values
  }

  /** How many properties hold something. Not columns that are NULL, are as in a new session, or begin as the current time. */
  get size(): number {
    return this.names().filter((name) => this.holds(name)).length
  }

  /** Whether a property counts in {@link size}. */
  holds(name: string): boolean {
    const column = this.schema.columns.get(name)
    if (!column) return this.has(name)
    const value = this.value(name)
    const initial = column.initial(this.schema.now())
    return value != null && !(initial instanceof Date) && !isDeepStrictEqual(value, initial)
  }

  /** Whether the request holds or held an object. */
  get isHeld(): boolean {
    return this.#held !== undefined
  }

  /** The properties of the fresh `row`, with `changes` repeated on it. */
  replay(row: StoredRow, changes: ChangeSet, merge: Readonly<Record<string, MergeFunction>>): Properties {
    const fresh = new Properties(this.schema, row)
    fresh.readAfter(this)
    for (const [name, { base, mine }] of changes.byName) {
      const theirs = fresh.value(name)
      const settle = Object.hasOwn(merge, name) && !isDeepStrictEqual(base, theirs) ? merge[name] : undefined
      if (settle) fresh.set(name, settle(copyOf(base), mine, theirs))
      else fresh.put(name, mine)
    }
    return fresh
  }

  /**
   * Keeps the objects that a request holds of `before` as part of the session if they are equal, so that later changes in
   * them are stored; detaches the others. Objects that the request holds are never changed: they may be the application's.
   */
  attachObjectsOf(before: Properties): void {
    const merged = this.#held
    this.#held = before.#held
    for (const name of before.#held?.names() ?? []) {
      const value = before.value(name)
      if (before.isStoredAs(name, this.value(name))) this.put(name, value)
      else before.#held?.detach(name)
    }
    for (const name of merged?.names() ?? []) this.#holding().take(name, this.value(name) as object)
  }

  /**
   * Takes over changes that were written for `other`, a copy of the session that is not used any more, as if they had been
   * made and written here. Changes that were made here meanwhile stay, to be written later.
   */
  absorb(changes: ChangeSet, other: Properties): void {
    for (const name of this.acceptFrom(changes)) this.#takeOver(name, other)
    for (const name of other.#held?.names() ?? []) this.#attachHandedOutOf(name, other)
    other.#held = undefined
  }

  /** Takes over the objects that were handed out by `other`, a copy of the session that was not written. */
  attachHandedOutOf(other: Properties): void {
    for (const name of other.#held?.names() ?? []) if (other.#held?.isGot(name)) this.#attachHandedOutOf(name, other)
    other.#held = undefined
  }

  /** Throws `VALUE_STALE` if a detached object has changed, once for each change. With `isLast` it checks all objects. */
  assertNotStale(isLast: boolean): void {
    const names = this.changedDetached(isLast)
    if (names.length > 0) throw stale(names)
  }

  /** The names of properties with a detached object that has changed since the last check. */
  changedDetached(isLast = true): string[] {
    return this.#held?.changedDetached(isLast) ?? []
  }

  /** Takes over the object of `other` if it equals the own one and that was not handed out; else detaches it. */
  #attachHandedOutOf(name: string, other: Properties): void {
    const [mine, value] = [this.value(name), other.value(name)]
    if (mine === value) return
    if (!this.#held?.has(name) && isDeepStrictEqual(mine, value)) this.#takeOver(name, other)
    else if (other.#held) this.#holding().detachFrom(other.#held, name)
  }

  /** Replaces the own value by that of `other`. */
  #takeOver(name: string, other: Properties): void {
    const [mine, value] = [this.value(name), other.value(name)]
    this.put(name, value)
    if (mine !== value && this.#held?.has(name)) this.#held.detach(name)
    if (other.#held?.has(name)) this.#holding().attachFrom(name, other.#held)
  }

  #holding(): ManagedObjects {
    this.#held ??= new ManagedObjects(this.schema)
    return this.#held
  }
}
