import { isDeepStrictEqual } from 'node:util'
import { textAfter, textOf } from '../codec/data-text.js'
import { deserialize } from '../codec/serializer.js'
import type { StoredRow } from '../codec/session-meta.js'
import type { Change, ChangeSet } from './change-set.js'
import { copyOf } from './copy.js'
import { type PropertySchema, storedForm } from './property-schema.js'

/** In place of maps that most sessions do not need. Nothing is ever put into it. */
const nothing = new Map<string, never>()

const noChanges: ChangeSet = Object.freeze({ byName: nothing, columns: Object.freeze({}), data: undefined })

/**
 * The values of one session: its columns, and the keys of its data. Data is parsed when it is first needed, and what
 * has changed is found by comparing with the row, so that changes inside of nested values are noticed.
 */
export class TrackedValues {
  readonly schema: PropertySchema
  readonly #baseColumns: Map<string, unknown>
  readonly #columns: Map<string, unknown>
  /** The row that {@link #baseText} has not been taken from yet. */
  #unread: StoredRow | undefined
  #baseText: string | undefined
  /** The text that the row had when the values were read which have been set again here. */
  #former: string | undefined
  #data: Record<string, unknown> | undefined
  /** What the data keys that were set or deleted held in the row: text, numbers and the like, which nobody can change. */
  #before: Map<string, unknown> = nothing
  /** Whether a data key was set, and it is not known any more what it held. */
  #isSet = false

  /** Without a row: the values of a new session. */
  constructor(schema: PropertySchema, row?: StoredRow) {
    this.schema = schema
    this.#unread = row
    this.#baseColumns = this.#columns = nothing
    if (schema.columns.size === 0) return
    this.#baseColumns = new Map()
    this.#columns = new Map()
    for (const [name, column] of schema.columns) {
      const value = row && name in row.columns ? row.columns[name] : column.initial(schema.now())
      this.#baseColumns.set(name, value)
      this.#columns.set(name, copyOf(value))
    }
  }

  /** Whether somebody has got an object from here that may have changed since. */
  protected get mayHaveChanged(): boolean {
    return false
  }

  /** The value itself, not a copy. A caller that hands an object out must report changes by {@link mayHaveChanged}. */
  value(name: string): unknown {
    return this.#columns.has(name) ? this.#columns.get(name) : this.#parsed()[name]
  }

  has(name: string): boolean {
    return this.#columns.has(name) || Object.hasOwn(this.#parsed(), name)
  }

  /** Of a name and a value that are not refused. */
  put(name: string, value: unknown): void {
    if (value === undefined) this.delete(name)
    else if (this.#columns.has(name)) this.#columns.set(name, value)
    else this.#changing(name)[name] = value
  }

  /** Deletes a data key; a column goes back to what it is in a new session. */
  delete(name: string): void {
    const column = this.schema.columns.get(name)
    if (column) this.#columns.set(name, copyOf(column.initial(this.schema.now())))
    else delete this.#changing(name)[name]
  }

  /** Deletes all, without reading the data. */
  clear(): void {
    this.#data = Object.create(null) as Record<string, unknown>
    this.#isSet = true
    for (const name of this.#columns.keys()) this.delete(name)
  }

  names(): string[] {
    return [...new Set([...this.#columns.keys(), ...Object.keys(this.#parsed())])]
  }

  /** All values by name; the object itself is new. */
  values(): Record<string, unknown> {
    return { ...this.#parsed(), ...Object.fromEntries(this.#columns) }
  }

  /** The values of all columns, for a row that is written whole. Not of those whose defaults only the database knows. */
  columnValues(): Record<string, unknown> {
    const known = Array.from(this.#columns).filter(([, value]) => value !== undefined)
    return Object.fromEntries(known.map(([name, value]) => [name, copyOf(value)]))
  }

  /** Whether the value of a column is not known: it has a default that only the database knows. */
  get lacksColumns(): boolean {
    return [...this.#baseColumns.values()].includes(undefined)
  }

  /** What differs from the row. Nothing is serialized if nothing can differ. */
  changes(): ChangeSet {
    if (this.#columns === nothing && this.#before === nothing && !this.#mayDiffer) return noChanges
    const byName = new Map<string, Change>()
    const columns: Record<string, unknown> = {}
    for (const [name, mine] of this.#columns) {
      const base = this.#baseColumns.get(name)
      if (isDeepStrictEqual(base, mine)) continue
      byName.set(name, { base, mine })
      columns[name] = copyOf(mine)
    }
    if (!this.#data && byName.size > 0) this.#base() // nothing is written to a row whose data is corrupt
    return { byName, columns, data: this.#data && this.#changedText(this.#data, byName) }
  }

  /** Whether any key of the data may differ from the row, not only those that are known to have been set. */
  get #mayDiffer(): boolean {
    return this.#isSet || this.mayHaveChanged
  }

  /** The text of the data, if a key differs from the row. Adds those keys to `byName`. */
  #changedText(data: Record<string, unknown>, byName: Map<string, Change>): string | undefined {
    if (!this.#mayDiffer && !this.#isSetDifferent(data)) return undefined
    const changed = this.#mayDiffer ? this.#compareData() : this.#compareSet(data)
    if (changed.size === 0) return undefined
    const text = this.#textOf(data, changed)
    if (text === (this.#text() ?? this.schema.emptyText)) return undefined
    for (const [name, change] of changed) byName.set(name, change)
    return text
  }

  /** Whether a key that was set holds another value than the row does. */
  #isSetDifferent(data: Record<string, unknown>): boolean {
    for (const [name, base] of this.#before) if (!Object.is(base, data[name])) return true
    return false
  }

  /** Compares the keys that were set, as {@link #compareData} compares all. */
  #compareSet(data: Record<string, unknown>): Map<string, Change> {
    const changed = new Map<string, Change>()
    for (const [name, base] of this.#before) {
      const mine = storedForm(this.schema, name, data[name])
      if (!Object.is(base, mine)) changed.set(name, { base, mine })
    }
    return changed
  }

  /** The data keys that differ from the row, as they would be stored. */
  #compareData(): Map<string, Change> {
    const changed = new Map<string, Change>()
    const [bases, values] = [this.#base(), this.#parsed()]
    for (const name of new Set([...Object.keys(bases), ...Object.keys(values)])) {
      const [base, value] = [bases[name], values[name]]
      if (base === value || isDeepStrictEqual(base, value)) continue
      const mine = storedForm(this.schema, name, value)
      if (!isDeepStrictEqual(base, mine)) changed.set(name, { base, mine })
    }
    return changed
  }

  /** Whether the value is stored as `stored`. */
  isStoredAs(name: string, stored: unknown): boolean {
    const value = this.value(name)
    return isDeepStrictEqual(value, stored) || isDeepStrictEqual(storedForm(this.schema, name, value), stored)
  }

  /** The text of the data as it is now, for a row that is written whole. */
  text(): string {
    const data = this.#data
    const text = this.#text()
    if (data) return this.#textOf(data, text === undefined ? nothing : this.#compareData())
    return text ?? this.schema.emptyText
  }

  /** Numbers that are in values of `before` are written as they were read there. */
  protected readAfter(before: TrackedValues): void {
    this.#former = before.#former ?? before.#baseText
  }

  /** Takes what was written as the new base, so that only changes since then count. */
  accept(changes: ChangeSet): void {
    if (changes.data !== undefined) this.#setBase(changes.data)
    for (const [name, value] of Object.entries(changes.columns)) this.#baseColumns.set(name, value)
  }

  /** Accepts changes that were written for a copy of the session. Returns the names that have no other change here. */
  acceptFrom({ byName, columns, data }: ChangeSet): string[] {
    if (byName.size === 0) return []
    const base = this.#base()
    const untouched: string[] = []
    const changed = new Set<string>()
    for (const [name, { mine }] of byName) {
      const isColumn = this.#columns.has(name)
      if (this.isStoredAs(name, isColumn ? this.#baseColumns.get(name) : base[name])) untouched.push(name)
      if (isColumn) this.#baseColumns.set(name, columns[name])
      else changed.add(name)
      if (!isColumn && mine === undefined) delete base[name]
      else if (!isColumn) base[name] = mine
    }
    if (data !== undefined) this.#setBase(textAfter(this.schema.serializer, base, changed, this.#text(), data))
    return untouched
  }

  #textOf(data: Record<string, unknown>, changed: ReadonlyMap<string, Change>): string {
    const names = new Set(changed.keys())
    return textOf(this.schema.serializer, data, names, { text: this.#text(), former: this.#former })
  }

  #parsed(): Record<string, unknown> {
    this.#data ??= this.#base()
    return this.#data
  }

  /** The data, for somebody who changes this key. */
  #changing(name: string): Record<string, unknown> {
    const data = this.#parsed()
    if (this.#isSet || this.#before.has(name)) return data
    const base = data[name]
    if (typeof base === 'object' && base !== null)
      this.#isSet = true // somebody may have changed it
    else if (this.#before === nothing) this.#before = new Map([[name, base]])
    else this.#before.set(name, base)
    return data
  }

  #base(): Record<string, unknown> {
    const text = this.#text()
    if (text === undefined) return Object.create(null) as Record<string, unknown>
    return deserialize(this.schema.serializer, text)
  }

  #text(): string | undefined {
    if (this.#unread) this.#setText(this.schema.textOf(this.#unread) ?? undefined)
    return this.#baseText
  }

  /** What was given counts no more as the same: it was given before. */
  #setBase(text: string): void {
    this.#setText(text)
    this.#before = nothing
    this.#isSet = true
  }

  #setText(text: string | undefined): void {
    this.#baseText = text
    this.#unread = undefined
  }
}
