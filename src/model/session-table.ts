import type { BackendCapabilities, RowValues, SessionColumn, SessionRow } from '../core/backend/session-backend.js'
import { fromJsonColumn, toJsonColumn } from '../core/codec/json-column.js'
import { SessionError, unreadable } from '../core/errors.js'
import { assertSuitable, type ColumnTraits, type RoleColumn, type Roles } from './column-traits.js'
import { bytesOfText, textOfBytes } from './data-bytes.js'
import { toDate } from './dates.js'
import { assertStorable, fitting } from './fitting.js'
import type { KnownColumn } from './known-columns.js'

/** A mapped row as the ORM has it, by property. */
export type RowRecord = Record<string, unknown>

/** The values of a row that is inserted or updated. */
export type WritableRow = Omit<RowValues, 'lastSeenAt'> & Partial<Pick<SessionRow, 'createdAt' | 'lastSeenAt'>>

/**
 * The table of a session model, for both ORMs: which property plays which role, and how rows are converted from and to the
 * properties of the ORM's objects.
 */
export class SessionTable {
  readonly capabilities: BackendCapabilities
  /** The properties that each update must set to their own value, or the database may move them. */
  readonly moving: readonly string[]
  readonly #roles: Roles
  #columns: readonly SessionColumn[]
  #known: ReadonlyMap<string, KnownColumn> = new Map()
  /** The custom columns that cannot hold every text, with their character sets. */
  #narrow: readonly (readonly [name: string, charset: string])[] = []

  /** Throws `COLUMN_TYPE` if a column cannot hold what its role needs. */
  constructor(roles: Roles, columns: readonly SessionColumn[]) {
    assertSuitable(roles)
    this.#roles = roles
    this.#columns = columns
    this.capabilities = Object.freeze({
      versions: roles.version !== undefined,
      creationDates: roles.createdAt !== undefined,
      lastSeenDates: roles.lastSeenAt !== undefined,
      idLength: roles.id.traits.characters,
      dataBytes: mostBytes(roles.data.traits),
      latestExpiry: roles.expires.traits.limits.latest,
    })
    const dates = [roles.createdAt, roles.lastSeenAt, roles.expires]
    this.moving = dates.flatMap((role) => (role?.traits.limits.moves ? role.property : []))
  }

  /** The custom columns. The list is replaced when they change. */
  get columns(): readonly SessionColumn[] {
    return this.#columns
  }

  /** Replaces the custom columns: an association adds one, for its foreign key. */
  changeColumns(columns: readonly SessionColumn[]): void {
    this.#columns = columns
  }

  /** Applies the limits that the database reports for its columns, by property. */
  learn(known: ReadonlyMap<string, KnownColumn>): void {
    this.#known = known
    const roles = Object.values(this.#roles).map((role) => role.property)
    const texts = Array.from(known, ([name, { charset }]) => [name, charset] as const)
    this.#narrow = texts.filter((text): text is [string, string] => text[1] !== undefined && !roles.includes(text[0]))
  }

  get id(): string {
    return this.#roles.id.property
  }

  get data(): string {
    return this.#roles.data.property
  }

  get expires(): string {
    return this.#roles.expires.property
  }

  /** The property of the data, if its column holds JSON. In a record it has the text, which statements of our own send. */
  get json(): string | undefined {
    const { property, traits } = this.#roles.data
    return traits.json ? property : undefined
  }

  /** The record for a statement of the ORM, which takes the value of JSON instead of its text. */
  forOrm(record: Readonly<RowRecord>): RowRecord {
    const { json } = this
    const text = json === undefined ? undefined : record[json]
    return json !== undefined && typeof text === 'string' ? { ...record, [json]: JSON.parse(text) } : record
  }

  /** The property of the version, if the table has one. */
  get version(): string | undefined {
    return this.#roles.version?.property
  }

  /** The property of the creation date, if the table has one. */
  get createdAt(): string | undefined {
    return this.#roles.createdAt?.property
  }

  /** The property of the last use, if the table keeps it. */
  get lastSeenAt(): string | undefined {
    return this.#roles.lastSeenAt?.property
  }

  /** The properties that hold moments of the session: its expiry, its creation and its last use. */
  get dates(): string[] {
    return [this.expires, this.createdAt, this.lastSeenAt].filter((property) => property !== undefined)
  }

  /** Every property that a session is read from. */
  get properties(): string[] {
    return [...Object.values(this.#roles).map((role) => role.property), ...this.columns.map((column) => column.name)]
  }

  /** The moment in the form that the column `expires` is compared with, or `createdAt`. */
  moment(date: Date, role: 'expires' | 'createdAt' = 'expires'): Date | number {
    return this.#roles[role]?.traits.dates?.toParameter(date) ?? date
  }

  /**
   * Whether the row is expired at `now`. A row that was never stored is.
   * @throws `DATA_CORRUPT` if the expiry cannot be read: a condition of the class may match such a row, or not.
   */
  isExpired(row: object, now: number): boolean {
    const value = (row as RowRecord)[this.expires]
    if (value === undefined) return true
    const expires = momentOf(this.#roles.expires, value).getTime()
    if (Number.isNaN(expires)) throw unreadable(this.expires)
    return expires <= now
  }

  toRow(record: Readonly<RowRecord>): SessionRow {
    const { id, data, expires, createdAt, version, lastSeenAt } = this.#roles
    const row: SessionRow = {
      id: idOf(id, record),
      data: textOf(data, record[data.property]),
      expires: momentOf(expires, record[expires.property]),
      createdAt:
        createdAt && isThere(record[createdAt.property]) ? momentOf(createdAt, record[createdAt.property]) : null,
      version: version && isThere(record[version.property]) ? toVersion(record[version.property]) : null,
      columns: this.#columnsOf(record),
    }
    return lastSeenAt ? { ...row, lastSeenAt: knownMoment(lastSeenAt, record[lastSeenAt.property]) } : row
  }

  #columnsOf(record: Readonly<RowRecord>): RowRecord {
    const columns: RowRecord = {}
    for (const { name } of this.columns) columns[name] = record[name] ?? null
    return columns
  }

  /** The row as the ORM stores it. Throws `DATA_TOO_LARGE` or `DATA_NOT_SERIALIZABLE` if a column cannot hold its value. */
  toRecord({ id, data, expires, createdAt, version, lastSeenAt, columns }: WritableRow): RowRecord {
    const roles = this.#roles
    const record: RowRecord = { ...columns }
    for (const [name, charset] of this.#narrow) if (record[name]) assertStorable(name, record[name], charset)
    const content = data && roles.data.traits.json ? toJsonColumn(data) : data
    const text = content && fitting(content, roles.data, this.#known.get(roles.data.property))
    if (id !== undefined) record[roles.id.property] = id
    if (text !== undefined) record[roles.data.property] = text && roles.data.traits.binary ? bytesOfText(text) : text
    if (expires) record[roles.expires.property] = this.#encode(roles.expires, expires)
    if (createdAt && roles.createdAt) record[roles.createdAt.property] = this.#encode(roles.createdAt, createdAt)
    if (lastSeenAt && roles.lastSeenAt) record[roles.lastSeenAt.property] = this.#encode(roles.lastSeenAt, lastSeenAt)
    if (typeof version === 'number' && roles.version) record[roles.version.property] = version
    return record
  }

  /** The moment for the column, rounded down to its smallest step: MySQL rounds up, and a session would live too long. */
  #encode({ property, traits }: RoleColumn, date: Date): Date | number {
    const { latest, step } = traits.limits
    const end = this.#known.get(property)?.latest ?? latest
    if (end !== null && date.getTime() > end) throw tooLate(property, date, end)
    const held = step === 1 ? date : new Date(Math.floor(date.getTime() / step) * step)
    return traits.dates?.toProperty(held) ?? held
  }
}

function idOf({ property, traits }: RoleColumn, record: Readonly<RowRecord>): string {
  const id = String(record[property])
  return traits.padded ? id.trimEnd() : id
}

function textOf({ traits }: RoleColumn, value: unknown): string | null {
  if (value instanceof Uint8Array) return textOfBytes(value)
  if (!isThere(value)) return null
  if (!traits.json) return String(value)
  return fromJsonColumn(typeof value === 'string' ? value : JSON.stringify(value))
}

function momentOf({ traits }: RoleColumn, value: unknown): Date {
  return toDate(traits.dates?.fromProperty?.(value) ?? value)
}

/** The moment; `null` for none, or for one that cannot be read: the next use of the session replaces it. */
function knownMoment(role: RoleColumn, value: unknown): Date | null {
  const moment = isThere(value) ? momentOf(role, value) : undefined
  return moment === undefined || Number.isNaN(moment.getTime()) ? null : moment
}

/** The version as a number; `NaN` if it is none, and such a row is refused. */
function toVersion(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && !/^-?\d+$/.test(value) ? Number.NaN : Number(value)
}

/** Whether there is a value. A table that existed before may have rows without one. */
function isThere(value: unknown): boolean {
  return value !== null && value !== undefined
}

/** The maximum length in bytes. A limit in characters allows four bytes for each. */
function mostBytes({ bytes, characters }: ColumnTraits): number | null {
  return characters === null ? bytes : characters * 4
}

function tooLate(property: string, date: Date, latest: number): SessionError {
  return new SessionError(
    'COLUMN_TYPE',
    `The column '${property}' cannot hold ${date.toISOString()}: its type ends at ${new Date(latest).toISOString()}. ` +
      'Use datetime(3), or bigint for milliseconds since 1970, or a shorter maxAge.',
  )
}
