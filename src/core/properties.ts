import { isDeepStrictEqual } from 'node:util'
import type { SessionColumn } from './backend.js'
import type { Change, Changes, MergeFunction } from './changes.js'
import { copyOf } from './copy.js'
import { SessionError } from './errors.js'
import type { StoredRow } from './record.js'
import { reservedNames } from './reserved-names.js'
import { deserialize, notSerializable, type Serializer, serialize } from './serializer.js'

/** What is needed to read the properties of a row. */
export interface PropertySchema {
  readonly columns: ReadonlyMap<string, SessionColumn>
  readonly serializer: Serializer
  /** The text of a row's data, decrypted. */
  textOf(row: StoredRow): string | null
  /** The text of no data. */
  readonly emptyText: string
}

/**
 * The properties of one session: its columns, and the keys of its data. Data is parsed when it is first needed, and
 * what has changed is found by comparing with the row, so that changes inside of nested values are noticed.
 */
export class Properties {
  readonly #schema: PropertySchema
  readonly #baseColumns = new Map<string, unknown>()
  readonly #columns = new Map<string, unknown>()
  /** The row that {@link #baseText} has not been taken from yet. */
  #unread: StoredRow | undefined
  #baseText: string | undefined
  #data: Record<string, unknown> | undefined
  /** Whether data was set, or somebody has got an object of it: else it is what it was. */
  #mayDiffer = false

  /** Without a row: the properties of a new session. */
  constructor(schema: PropertySchema, row?: StoredRow) {
    this.#schema = schema
    this.#unread = row
    for (const { name, initial } of schema.columns.values()) {
      const value = row && name in row.columns ? row.columns[name] : initial()
      this.#baseColumns.set(name, value)
      this.#columns.set(name, copyOf(value))
    }
  }

  get(name: string): unknown {
    if (this.#columns.has(name)) return this.#columns.get(name)
    const value = this.#parsed()[name]
    if (typeof value === 'object' && value !== null) this.#mayDiffer = true
    return value
  }

  has(name: string): boolean {
    return this.#columns.has(name) || Object.hasOwn(this.#parsed(), name)
  }

  set(name: string, value: unknown): void {
    refuseProperty(name, value)
    if (value === undefined) this.remove(name)
    else if (this.#columns.has(name)) this.#columns.set(name, value)
    else this.#changed()[name] = value
  }

  /** Deletes a data key; a column goes back to what it is in a new session. */
  remove(name: string): void {
    const column = this.#schema.columns.get(name)
    if (column) this.#columns.set(name, column.initial())
    else delete this.#changed()[name]
  }

  /** Makes `values` the only properties: columns that it does not name go back to what they are in a new session. */
  replace(values: Readonly<Record<string, unknown>>): void {
    if (!isObject(values)) throw notSerializable('a session, such as ctx.session, can be set to null or to an object')
    const entries = Object.entries(values)
    for (const [name, value] of entries) refuseProperty(name, value)
    this.#data = Object.create(null) as Record<string, unknown>
    this.#mayDiffer = true
    for (const name of this.#columns.keys()) this.remove(name)
    for (const [name, value] of entries) this.set(name, value)
  }

  names(): string[] {
    return [...new Set([...this.#columns.keys(), ...Object.keys(this.#parsed())])]
  }

  toObject(): Record<string, unknown> {
    return Object.assign(Object.create(null), this.#changed(), Object.fromEntries(this.#columns))
  }

  /** The values of all columns, for a row that is written whole. */
  columnValues(): Record<string, unknown> {
    return Object.fromEntries(Array.from(this.#columns, ([name, value]) => [name, copyOf(value)]))
  }

  /** What differs from the row. Nothing is serialized if the data was never read. */
  changes(): Changes {
    const byName = new Map<string, Change>()
    const columns: Record<string, unknown> = {}
    for (const [name, mine] of this.#columns) {
      const base = this.#baseColumns.get(name)
      if (isDeepStrictEqual(base, mine)) continue
      byName.set(name, { base, mine })
      columns[name] = copyOf(mine)
    }
    if (!this.#data && byName.size > 0) this.#base() // nothing is written to a row whose data is corrupt
    const text = this.#data && this.#mayDiffer ? serialize(this.#schema.serializer, this.#data) : undefined
    const changed =
      text !== undefined && text !== (this.#text() ?? this.#schema.emptyText) && this.#compareData(text, byName)
    return { byName, columns, data: changed ? text : undefined }
  }

  /** Adds the data keys in which `text` differs from the row to `byName`, and tells whether there are any. */
  #compareData(text: string, byName: Map<string, Change>): boolean {
    const before = byName.size
    const bases = this.#base()
    const mines = deserialize(this.#schema.serializer, text)
    for (const name of new Set([...Object.keys(bases), ...Object.keys(mines)])) {
      const change = { base: bases[name], mine: mines[name] }
      if (!isDeepStrictEqual(change.base, change.mine)) byName.set(name, change)
    }
    return byName.size > before
  }

  /** The text of the data as it is now, for a row that is written whole. */
  text(): string {
    return this.#data ? serialize(this.#schema.serializer, this.#data) : (this.#text() ?? this.#schema.emptyText)
  }

  /** Takes what was written as the new base, so that only changes since then count. */
  accept(changes: Changes): void {
    if (changes.data !== undefined) this.#setText(changes.data)
    for (const [name, value] of Object.entries(changes.columns)) this.#baseColumns.set(name, value)
  }

  /** Takes changes that were written for another copy of the session, as if they had been made and written here. */
  absorb({ byName }: Changes): void {
    const base = this.#base()
    for (const [name, { mine }] of byName) {
      if (this.#columns.has(name)) this.#baseColumns.set(name, mine)
      else if (mine === undefined) delete base[name]
      else base[name] = mine
      this.set(name, copyOf(mine))
    }
    this.#setText(serialize(this.#schema.serializer, base))
  }

  /** The properties of the fresh `row`, with `changes` made again on it. */
  replay(row: StoredRow, changes: Changes, merge: Readonly<Record<string, MergeFunction>>): Properties {
    const fresh = new Properties(this.#schema, row)
    for (const [name, { base, mine }] of changes.byName) {
      const theirs = fresh.get(name)
      const settle = Object.hasOwn(merge, name) && !isDeepStrictEqual(base, theirs) ? merge[name] : undefined
      fresh.set(name, settle ? settle(copyOf(base), mine, theirs) : mine)
    }
    return fresh
  }

  /**
   * Lets the objects that a request has got from `before` stay part of the session where they are equal, so that later
   * changes in them are noticed. What is in the request's hands is never changed: it may be the application's own.
   */
  holdOn(before: Properties): void {
    for (const name of before.#data ? before.names() : before.#columns.keys()) {
      const held = before.get(name)
      if (typeof held === 'object' && isDeepStrictEqual(held, this.get(name))) this.set(name, held)
    }
  }

  #parsed(): Record<string, unknown> {
    this.#data ??= this.#base()
    return this.#data
  }

  /** The data, for somebody who may change it. */
  #changed(): Record<string, unknown> {
    this.#mayDiffer = true
    return this.#parsed()
  }

  #base(): Record<string, unknown> {
    const text = this.#text()
    if (text === undefined) return Object.create(null) as Record<string, unknown>
    return deserialize(this.#schema.serializer, text)
  }

  #text(): string | undefined {
    if (this.#unread) this.#setText(this.#schema.textOf(this.#unread) ?? undefined)
    return this.#baseText
  }

  #setText(text: string | undefined): void {
    this.#baseText = text
    this.#unread = undefined
  }
}

/** Whether its own properties are all that it holds: no array, Map or Date. */
function isObject(value: unknown): boolean {
  return Object.prototype.toString.call(value) === '[object Object]'
}

function refuseProperty(name: string, value: unknown): void {
  refuseReserved(name)
  if (typeof value === 'function' || typeof value === 'symbol') throw notSerializable(`'${name}' is a ${typeof value}`)
}

function refuseReserved(name: string): void {
  if (!reservedNames.has(name)) return
  throw new SessionError(
    'NAME_RESERVED',
    `The session uses the name '${name}' itself. Store your value under another name.`,
  )
}
