import { isDeepStrictEqual } from 'node:util'
import { textAfter, textOf } from '../codec/data-text.js'
import { LazyData } from '../codec/lazy-data.js'
import type { StoredRow } from '../codec/session-meta.js'
import type { Change, ChangeSet } from './change-set.js'
import { copyOf } from './copy.js'
import { type PropertySchema, storedForm } from './property-schema.js'

/** Stands for maps that most sessions do not need. It always stays empty. */
const nothing = new Map<string, never>()

const noChanges: ChangeSet = Object.freeze({ byName: nothing, columns: Object.freeze({}), data: undefined })

/**
 * The values of one session: its columns and the keys of its data. Data is parsed when it is first needed. Changes are found
 * by comparing with the row, so that changes inside of nested values are noticed.
 */
export class TrackedValues {
  readonly schema: PropertySchema
  readonly #baseColumns: Map<string, unknown>
  readonly #columns: Map<string, unknown>
  /** The row, until its text has become the base text. */
  #unread: StoredRow | undefined
  #baseText: string | undefined
  /** The earlier text of the row from which the values were read that were set here again. */
  #former: string | undefined
  #data: LazyData | undefined
  /** The values in the row of the data keys that were set or deleted. Only primitive values, which cannot change inside. */
  #before: Map<string, unknown> = nothing
  /** Whether a data key was set whose value in the row is not known any more. */
  #isSet = false

  /** Without a row, the values are those of a new session. */
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

  /** Whether an object that was handed out may have changed since. */
  protected get mayHaveChanged(): boolean {
    return false
  }

  /** The value itself, not a copy. A caller that hands an object out must report changes by {@link mayHaveChanged}. */
  value(name: string): unknown {
    return this.#columns.has(name) ? this.#columns.get(name) : this.#lazy().get(name)
  }

  has(name: string): boolean {
    return this.#columns.has(name) || this.#lazy().has(name)
  }

  /** Sets a property whose name and value have been checked. */
  put(name: string, value: unknown): void {
    if (value === undefined) this.delete(name)
    else if (this.#columns.has(name)) this.#columns.set(name, value)
    else this.#changing(name).set(name, value)
  }

  /** Deletes a data key, or sets a column to its value in a new session. */
  delete(name: string): void {
    const column = this.schema.columns.get(name)
    if (column) this.#columns.set(name, copyOf(column.initial(this.schema.now())))
    else this.#changing(name).delete(name)
  }

  /** Deletes all properties, without reading the data. */
  clear(): void {
    this.#data = new LazyData(this.schema.serializer, undefined)
    this.#isSet = true
    for (const name of this.#columns.keys()) this.delete(name)
  }

  names(): string[] {
    return [...new Set([...this.#columns.keys(), ...Object.keys(this.#lazy().all())])]
  }

  /** All values by name, in a new object. */
  values(): Record<string, unknown> {
    return { ...this.#lazy().all(), ...Object.fromEntries(this.#columns) }
  }

  /** The values of the columns, for a row that is written whole, without defaults that only the database knows. */
  columnValues(): Record<string, unknown> {
    const known = Array.from(this.#columns).filter(([, value]) => value !== undefined)
    return Object.fromEntries(known.map(([name, value]) => [name, copyOf(value)]))
  }

  /** Whether a column has a default that only the database knows, so that its value is unknown. */
  get lacksColumns(): boolean {
    return [...this.#baseColumns.values()].includes(undefined)
  }

  /** The properties that differ from the row. Nothing is serialized if nothing can differ. */
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
    if (!this.#data && byName.size > 0) this.#base().all() // throws if the data is corrupt: such a row is not written
    return { byName, columns, data: this.#data && this.#changedText(this.#data, byName) }
  }

  /** Whether any key of the data may differ from the row, not only the keys that are known to have been set. */
  get #mayDiffer(): boolean {
    return this.#isSet || this.mayHaveChanged
  }

  /** The text of the data if a key differs from the row, else `undefined`. Adds the keys that differ to `byName`. */
  #changedText(data: LazyData, byName: Map<string, Change>): string | undefined {
    if (!this.#mayDiffer && !this.#isSetDifferent(data)) return undefined
    const changed = this.#mayDiffer ? this.#compareData() : this.#compareSet(data)
    if (changed.size === 0) return undefined
    const text = this.#textOf(data, changed)
    if (text === (this.#text() ?? this.schema.emptyText)) return undefined
    for (const [name, change] of changed) byName.set(name, change)
    return text
  }

  /** Whether a key that was set differs from the row. */
  #isSetDifferent(data: LazyData): boolean {
    for (const [name, base] of this.#before) if (!Object.is(base, data.get(name))) return true
    return false
  }

  /** The data keys that differ from the row, if only keys that were set can differ. */
  #compareSet(data: LazyData): Map<string, Change> {
    const changed = new Map<string, Change>()
    for (const [name, base] of this.#before) {
      const mine = storedForm(this.schema, name, data.get(name))
      if (!Object.is(base, mine)) changed.set(name, { base, mine })
    }
    return changed
  }

  /** The data keys whose stored form differs from the row. */
  #compareData(): Map<string, Change> {
    const changed = new Map<string, Change>()
    const [bases, values] = [this.#base(), this.#lazy()]
    const names = values.touched ?? [...Object.keys(bases.all()), ...Object.keys(values.all())]
    for (const name of new Set(names)) {
      const [base, value] = [bases.get(name), values.get(name)]
      if (base === value || isDeepStrictEqual(base, value)) continue
      const mine = storedForm(this.schema, name, value)
      if (!isDeepStrictEqual(base, mine)) changed.set(name, { base, mine })
    }
    return changed
  }

  /** Whether the stored form of the value equals `stored`. */
  isStoredAs(name: string, stored: unknown): boolean {
    const value = this.value(name)
    return isDeepStrictEqual(value, stored) || isDeepStrictEqual(storedForm(this.schema, name, value), stored)
  }

  /** The text of the present data, for a row that is written whole. */
  text(): string {
    const data = this.#data
    const text = this.#text()
    if (data) return this.#textOf(data, text === undefined ? nothing : this.#compareData())
    return text ?? this.schema.emptyText
  }

  /** Lets numbers in values of `before` be written as they were read there. */
  protected readAfter(before: TrackedValues): void {
    this.#former = before.#former ?? before.#baseText
  }

  /** Makes the written values the new base, so that only later changes count. */
  accept(changes: ChangeSet): void {
    if (changes.data !== undefined) this.#setBase(changes.data)
    for (const [name, value] of Object.entries(changes.columns)) this.#baseColumns.set(name, value)
  }

  /** Accepts changes that were written for a copy of the session. Returns the names that were not changed here meanwhile. */
  acceptFrom({ byName, columns, data }: ChangeSet): string[] {
    if (byName.size === 0) return []
    const base = this.#base()
    const untouched: string[] = []
    const changed = new Set<string>()
    for (const [name, { mine }] of byName) {
      const isColumn = this.#columns.has(name)
      if (this.isStoredAs(name, isColumn ? this.#baseColumns.get(name) : base.get(name))) untouched.push(name)
      if (isColumn) this.#baseColumns.set(name, columns[name])
      else changed.add(name)
      if (!isColumn && mine === undefined) base.delete(name)
      else if (!isColumn) base.set(name, mine)
    }
    if (data !== undefined) this.#setBase(textAfter(this.schema.serializer, base, changed, this.#text(), data))
    return untouched
  }

  #textOf(data: LazyData, changed: ReadonlyMap<string, Change>): string {
    const names = new Set(changed.keys())
    return textOf(this.schema.serializer, data, names, { text: this.#text(), former: this.#former })
  }

  #lazy(): LazyData {
    this.#data ??= this.#base()
    return this.#data
  }

  /** The data, for changing this key: notes the value of the key in the row. */
  #changing(name: string): LazyData {
    const data = this.#lazy()
    if (this.#isSet || this.#before.has(name)) return data
    const base = data.get(name)
    if (typeof base === 'object' && base !== null)
      this.#isSet = true // an object, which may have changed inside
    else if (this.#before === nothing) this.#before = new Map([[name, base]])
    else this.#before.set(name, base)
    return data
  }

  #base(): LazyData {
    return new LazyData(this.schema.serializer, this.#text())
  }

  #text(): string | undefined {
    if (this.#unread) this.#setText(this.schema.textOf(this.#unread) ?? undefined)
    return this.#baseText
  }

  /** Sets a new base text. Then all keys are compared with it, because objects may have been handed out before. */
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
