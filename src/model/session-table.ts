import type { BackendCapabilities, RowValues, SessionColumn, SessionRow } from '../core/backend/session-backend.js'
import { SessionError, unreadable } from '../core/errors.js'
import { type ColumnTraits, type RoleColumn, type Roles, refuseUnsuitable } from './column-traits.js'
import { bytesOfText, textOfBytes } from './data-bytes.js'
import { toDate } from './dates.js'
import { fitting, refuseUnfit } from './fitting.js'
import type { KnownColumn } from './known-columns.js'

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
  /** The properties that an update must write as they are, or the database may move them. */
  readonly moving: readonly string[]
  readonly #roles: Roles
  #columns: readonly SessionColumn[]
  #known: ReadonlyMap<string, KnownColumn> = new Map()
  /** The custom columns that cannot hold every text, with their character sets. */
  #narrow: readonly (readonly [name: string, charset: string])[] = []

  /** Throws where a column cannot hold what its role needs. */
  constructor(roles: Roles, columns: readonly SessionColumn[]) {
    refuseUnsuitable(roles)
    this.#roles = roles
    this.#columns = columns
    this.capabilities = Object.freeze({
      versions: roles.version !== undefined,
      creationDates: roles.createdAt !== undefined,
      idLength: roles.id.traits.characters,
      dataBytes: mostBytes(roles.data.traits),
      latestExpiry: roles.expires.traits.limits.latest,
    })
    this.moving = [roles.createdAt, roles.expires].flatMap((role) => (role?.traits.limits.moves ? role.property : []))
  }

  /** The custom columns: another list when they have changed. */
  get columns(): readonly SessionColumn[] {
    return this.#columns
  }

  /** Takes other custom columns: an association adds one, for its foreign key. */
  changeColumns(columns: readonly SessionColumn[]): void {
    this.#columns = columns
  }

  /** Takes what the database tells of its columns, by property. */
  learn(known: ReadonlyMap<string, KnownColumn>): void {
    this.#known = known
    const { id, data, expires, createdAt } = this.#roles
    const roles = [id, data, expires, createdAt].map((role) => role?.property)
    const texts = Array.from(known, ([name, { charset }]) => [name, charset] as const)
    this.#narrow = texts.filter((text): text is [string, string] => text[1] !== undefined && !roles.includes(text[0]))
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
      data: text instanceof Uint8Array ? textOfBytes(text) : isThere(text) ? String(text) : null,
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

  /** Throws where a column cannot hold its value. */
  toRecord({ id, data, expires, createdAt, version, columns }: WritableRow): RowRecord {
    const roles = this.#roles
    const record: RowRecord = { ...columns }
    for (const [name, charset] of this.#narrow) if (record[name]) refuseUnfit(name, record[name], charset)
    const text = data && fitting(data, roles.data, this.#known.get(roles.data.property))
    if (id !== undefined) record[roles.id.property] = id
    if (text !== undefined) record[roles.data.property] = text && roles.data.traits.binary ? bytesOfText(text) : text
    if (expires) record[roles.expires.property] = this.#encode(roles.expires, expires)
    if (createdAt && roles.createdAt) record[roles.createdAt.property] = this.#encode(roles.createdAt, createdAt)
    if (typeof version === 'number' && roles.version) record[roles.version.property] = version
    return record
  }

  /** Rounded down where the column has no milliseconds: MySQL rounds up, and a session would live too long. */
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

function tooLate(property: string, date: Date, latest: number): SessionError {
  return new SessionError(
    'COLUMN_TYPE',
    `The column '${property}' cannot hold ${date.toISOString()}: its type ends at ${new Date(latest).toISOString()}. ` +
      'Use datetime(3), or bigint for milliseconds since 1970, or a shorter maxAge.',
  )
}
