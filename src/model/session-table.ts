import type { BackendCapabilities, RowValues, SessionColumn, SessionRow } from '../core/backend.js'
import { SessionError } from '../core/errors.js'
import { shortestIdLength } from '../core/id.js'
import { unreadable } from '../core/refusals.js'
import { type DateCodec, toDate } from './dates.js'
import type { ManagedColumn } from './metadata.js'

/** What a column can hold, as an ORM folder knows it from the column's type. */
export interface ColumnTraits {
  /** The type's name, for messages. */
  readonly type: string
  /** How the column holds a moment; `null` where it cannot. */
  readonly dates: DateCodec | null
  /** Whether it holds text that the application writes. */
  readonly text: boolean
  /** Whether it holds bytes. */
  readonly binary: boolean
  /** Whether it holds whole numbers. */
  readonly whole: boolean
  /** The most characters that it holds; `null` for no limit. */
  readonly characters: number | null
  /** Whether a shorter text comes back with blanks at its end, as from CHAR on PostgreSQL. */
  readonly padded: boolean
  /** The most bytes that it holds; `null` for no limit. */
  readonly bytes: number | null
}

/** The column that plays a role: the property that reaches it, and what it can hold. */
export interface RoleColumn {
  readonly property: string
  readonly traits: ColumnTraits
}

/** The columns of a session table by their roles. `createdAt` and `version` may be absent. */
export type Roles = Readonly<Record<'id' | 'data' | 'expires', RoleColumn> & Partial<Record<ManagedColumn, RoleColumn>>>

/** What a mapped row holds, by property. */
export type RowRecord = Record<string, unknown>

/** A row as it is inserted, or what an update changes. */
export type WritableRow = RowValues & { readonly createdAt?: Date | null }

/**
 * The table of a session model as both ORMs see it: which property plays which role, and how rows become the
 * properties of the ORM's own objects and the other way round.
 */
export class SessionTable {
  readonly capabilities: BackendCapabilities
  /** The custom columns. */
  readonly columns: readonly SessionColumn[]
  readonly #roles: Roles

  /** Throws where a column cannot hold what its role needs. */
  constructor(roles: Roles, columns: readonly SessionColumn[]) {
    refuseUnsuitable(roles)
    this.#roles = roles
    this.columns = columns
    this.capabilities = Object.freeze({
      versions: roles.version !== undefined,
      creationDates: roles.createdAt !== undefined,
      idLength: roles.id.traits.characters,
      dataBytes: mostBytes(roles.data.traits),
    })
  }

  get id(): string {
    return this.#roles.id.property
  }

  get expires(): string {
    return this.#roles.expires.property
  }

  /** The property of the version, if the table has one. */
  get version(): string | undefined {
    return this.#roles.version?.property
  }

  /** The properties that tell when a session ends. */
  get dates(): string[] {
    const { expires, createdAt } = this.#roles
    return createdAt ? [expires.property, createdAt.property] : [expires.property]
  }

  /** Every property that a session is read from. */
  get properties(): string[] {
    return [...Object.values(this.#roles).map((role) => role.property), ...this.columns.map((column) => column.name)]
  }

  /** The moment as the column `expires` is compared with. */
  moment(date: Date): Date | number {
    return this.#roles.expires.traits.dates?.toParameter(date) ?? date
  }

  /**
   * Whether the row is expired at `now`, as one is that was never stored. Throws `DATA_CORRUPT` where it does not tell: then a
   * condition of the class may match it, or none.
   */
  isExpired(row: object, now: number): boolean {
    const value = (row as RowRecord)[this.expires]
    if (value === undefined) return true
    const expires = momentOf(this.#roles.expires, value).getTime()
    if (Number.isNaN(expires)) throw unreadable(this.expires)
    return expires <= now
  }

  toRow(record: Readonly<RowRecord>): SessionRow {
    const { id, data, expires, createdAt, version } = this.#roles
    const text = record[data.property]
    return {
      id: idOf(id, record),
      data: text instanceof Uint8Array ? Buffer.from(text).toString('utf8') : isThere(text) ? String(text) : null,
      expires: momentOf(expires, record[expires.property]),
      createdAt:
        createdAt && isThere(record[createdAt.property]) ? momentOf(createdAt, record[createdAt.property]) : null,
      version: version && isThere(record[version.property]) ? toVersion(record[version.property]) : null,
      columns: this.#columnsOf(record),
    }
  }

  #columnsOf(record: Readonly<RowRecord>): RowRecord {
    const columns: RowRecord = {}
    for (const { name } of this.columns) columns[name] = record[name] ?? null
    return columns
  }

  /** Throws `DATA_TOO_LARGE` for more characters than the column holds: the core knows only its bytes. */
  toRecord({ id, data, expires, createdAt, version, columns }: WritableRow): RowRecord {
    const roles = this.#roles
    const record: RowRecord = { ...columns }
    if (data) refuseTooLong(data, roles.data.traits)
    if (id !== undefined) record[roles.id.property] = id
    if (data !== undefined)
      record[roles.data.property] = data && roles.data.traits.binary ? Buffer.from(data, 'utf8') : data
    if (expires) record[roles.expires.property] = encode(roles.expires, expires)
    if (createdAt && roles.createdAt) record[roles.createdAt.property] = encode(roles.createdAt, createdAt)
    if (typeof version === 'number' && roles.version) record[roles.version.property] = version
    return record
  }
}

function idOf({ property, traits }: RoleColumn, record: Readonly<RowRecord>): string {
  const id = String(record[property])
  return traits.padded ? id.trimEnd() : id
}

function momentOf({ traits }: RoleColumn, value: unknown): Date {
  return toDate(traits.dates?.fromProperty?.(value) ?? value)
}

/** Not a number where the value is none: such a row is refused. */
function toVersion(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && !/^-?\d+$/.test(value) ? Number.NaN : Number(value)
}

/** A table that existed before may have rows without a value. */
function isThere(value: unknown): boolean {
  return value !== null && value !== undefined
}

/** Where characters are limited, no more than that many times the four bytes that a character has at the most. */
function mostBytes({ bytes, characters }: ColumnTraits): number | null {
  return characters === null ? bytes : characters * 4
}

function refuseTooLong(data: string, { characters }: ColumnTraits): void {
  if (characters === null || data.length <= characters) return
  const { length } = Array.from(data)
  if (length <= characters) return
  throw new SessionError(
    'DATA_TOO_LARGE',
    `The session's data has ${length} characters, and its column holds ${characters} characters. Store less in the session, or widen the column.`,
  )
}

function encode({ traits }: RoleColumn, date: Date): Date | number {
  return traits.dates?.toProperty(date) ?? date
}

function refuseUnsuitable({ id, data, expires, createdAt, version }: Roles): void {
  for (const column of [expires, createdAt]) if (column && !column.traits.dates) throw noMoment(column)
  if (!data.traits.text && !data.traits.binary) throw unsuitable(data, 'session data: that is text, or bytes')
  if (version && !version.traits.whole) throw unsuitable(version, 'a version: that is a whole number')
  if (!id.traits.text) throw noId(id)
  const { characters } = id.traits
  if (characters === null || characters >= shortestIdLength) return
  throw new SessionError(
    'ID_TOO_LONG',
    `The id column holds ${characters} characters, and the shortest id has ${shortestIdLength} (64 when it is hashed). Widen the column.`,
  )
}

function noMoment(column: RoleColumn): SessionError {
  return unsuitable(
    column,
    'a moment: that is a date with its time, or milliseconds since 1970 in an integer of 64 bits',
  )
}

function noId(column: RoleColumn): SessionError {
  return unsuitable(
    column,
    "a session's id: that is text which the application writes",
    "Give a key of your own another property, and rename our column: @SessionModel({ columns: { id: 'session_id' } }).",
  )
}

function unsuitable(
  { property, traits }: RoleColumn,
  what: string,
  fix = 'Change its type, or let another column serve.',
): SessionError {
  const message = `The column '${property}' has the type ${traits.type}, which cannot hold ${what}. ${fix}`
  return new SessionError('COLUMN_TYPE', message)
}
