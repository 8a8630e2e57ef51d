import { isDeepStrictEqual } from 'node:util'
import type { RowFilter, RowTouch, RowUpdate, RowValues, SessionBackend, SessionColumn, SessionRow } from './backend.js'
import { SessionError } from './errors.js'
import type { Events } from './events.js'
import { isAlive, isSession, nextExpiry } from './expiry.js'
import { FindBatch } from './find-batch.js'
import { hashId } from './id.js'
import type { ResolvedOptions } from './options.js'
import type { PropertySchema } from './property-schema.js'
import { decodeRow, type SessionMeta, type StoredRow } from './record.js'
import { redact } from './redact.js'
import { Sealer } from './sealer.js'
import { serialize } from './serializer.js'
import { Vault } from './vault.js'
import { kindOf, WriteBatch } from './write-batch.js'

/** How many rows are ended at a time where they are ended one by one. */
const longestPage = 1000

/** What a new row holds. */
export type RowContent = Pick<StoredRow, 'id' | 'data' | 'columns' | 'meta'>

/** What a request writes to the row of its session. */
export interface RowChange {
  readonly id: string | undefined
  readonly data: string | undefined
  readonly columns: SessionRow['columns']
  readonly meta: SessionMeta
  /** Whether the expiry moves also where using the session does not move it. */
  readonly renew: boolean
}

/** What an update writes. A class: V8 keeps object literals that outlive a statement for long. */
class ChangedValues implements RowValues {
  declare id?: string
  declare data?: string | null
  readonly expires: Date
  declare readonly version?: number
  declare readonly columns?: SessionRow['columns']

  constructor(expires: Date, version: number | null, columns?: SessionRow['columns']) {
    this.expires = expires
    if (version !== null) this.version = version
    if (columns) this.columns = columns
  }
}

/**
 * The backend as the core uses it: rows with their meta data, with expiries, and every failure of the database as
 * `BACKEND_FAILED`.
 *
 * Where a write reports no row, it looks again before it believes so: some databases count only rows that changed,
 * and another request may have just written the same expiry.
 */
export class Rows {
  readonly options: ResolvedOptions
  #schema: PropertySchema
  #columns: readonly SessionColumn[]
  readonly #backend: SessionBackend
  readonly #events: Events
  readonly vault: Vault
  readonly #sealer: Sealer
  readonly #finds = new FindBatch((ids) => this.#find(ids))
  readonly #updates: WriteBatch<RowUpdate>
  readonly #touches: WriteBatch<RowTouch>

  constructor(options: ResolvedOptions, events: Events) {
    this.options = options
    this.#backend = options.backend
    this.#events = events
    const isBatched = (): boolean => this.#capabilities.batchedWrites === true
    this.#updates = new WriteBatch((updates) => this.#ask((backend) => backend.update(updates)), kindOf, isBatched)
    this.#touches = new WriteBatch(
      (touches) => this.#ask((backend) => backend.touch(touches)),
      () => '',
      isBatched,
    )
    const vault = new Vault(options.encryptionKeys)
    this.vault = vault
    const { serializer } = options
    this.#columns = options.backend.columns
    const columns = columnsByName(this.#columns)
    this.#schema = { columns, serializer, textOf: (row) => vault.open(row), emptyText: serialize(serializer, {}) }
    this.#sealer = new Sealer(options, vault, this.#schema.emptyText)
  }

  /** What is needed to read properties. An association of the ORM may add a column at any time. */
  get schema(): PropertySchema {
    const { columns } = this.#backend
    if (columns !== this.#columns) {
      this.#columns = columns
      this.#schema = { ...this.#schema, columns: columnsByName(columns) }
    }
    return this.#schema
  }

  now(): Date {
    return new Date(this.options.now())
  }

  /** What the row of the session `id` is found by. */
  rowId(id: string): string {
    return this.options.hashIds ? hashId(id) : id
  }

  /** The row with this id, alive or not. */
  findOne(rowId: string): Promise<StoredRow | undefined> {
    return this.#finds.find(rowId)
  }

  async #find(ids: readonly string[]): Promise<StoredRow[]> {
    return (await this.#ask((backend) => backend.find(ids))).map(decodeRow)
  }

  /** The row of a living session. */
  async findAlive(rowId: string): Promise<StoredRow | undefined> {
    const row = await this.findOne(rowId)
    return row && isAlive(this.options, row) ? row : undefined
  }

  /** Stores a new session, and gives back its row. */
  async create(content: RowContent): Promise<StoredRow> {
    const row = { ...content, ...this.#sealer.seal(content.id, content.meta, content.data), ...this.#birth() }
    return this.#insert({ ...row, expires: nextExpiry(this.options, row) })
  }

  /** Stores a row that is no session. To those who do not know of such rows it is one that expires at `expires`. */
  async insertNote(id: string, meta: SessionMeta, expires: Date, data = '{}'): Promise<StoredRow> {
    return this.#insert({ id, data, meta, columns: {}, ...this.#birth(), expires })
  }

  async #insert(row: StoredRow): Promise<StoredRow> {
    const { meta, ...stored } = row
    const data = this.#sealer.encode(meta, row.data)
    await this.#ask((backend) => backend.insert([{ ...stored, data }]))
    return row
  }

  /** Writes to the living row as it was read, and gives back what it is now; nothing if it has changed or is gone. */
  async write(row: StoredRow, change: RowChange): Promise<StoredRow | undefined> {
    const { id = row.id } = change
    const { data, meta } = this.#sealer.sealAgain(row, id, change)
    const { createdAt } = row
    const isRenewed = change.renew || this.options.rolling
    const expires = isRenewed ? nextExpiry(this.options, { createdAt, meta }) : row.expires
    const version = this.#versionAfter(row)
    const values = new ChangedValues(expires, version, change.columns)
    if (id !== row.id) values.id = id
    if (data !== row.data || meta !== row.meta) values.data = this.#sealer.encode(meta, data)
    const written = await this.#update(row, this.now(), values)
    const mayBeUnchanged = !this.#capabilities.versions && id === row.id
    if (!written && !(mayBeUnchanged && (await this.findAlive(row.id)))) return undefined
    return { id, data, expires, createdAt, version, columns: { ...row.columns, ...change.columns }, meta }
  }

  /** Writes to a row that is no session, expired or not, if it still is as it was read. Gives back what it is now. */
  async rewriteNote(row: StoredRow, meta: SessionMeta, expires: Date, data = '{}'): Promise<StoredRow | undefined> {
    const version = this.#versionAfter(row)
    const values = new ChangedValues(expires, version)
    values.data = this.#sealer.encode(meta, data)
    return (await this.#update(row, new Date(0), values)) ? { ...row, meta, data, expires, version } : undefined
  }

  /** Moves the expiry as using the session does, and gives back the row; nothing if it has changed or is gone. */
  async renew(row: StoredRow): Promise<StoredRow | undefined> {
    const { id, version } = row
    const expires = nextExpiry(this.options, row)
    if (await this.#touches.write({ id, version, now: this.now(), expires })) return { ...row, expires }
    const fresh = await this.findAlive(id)
    return fresh?.version === version ? { ...row, expires: fresh.expires } : undefined
  }

  delete(rowId: string): Promise<number> {
    return this.#ask((backend) => backend.delete([rowId]))
  }

  /** Living sessions. */
  async list(where: RowFilter, limit: number): Promise<StoredRow[]> {
    const rows = await this.#ask((backend) => backend.list(where, this.now(), limit))
    return rows.map(decodeRow).filter((row) => isAlive(this.options, row))
  }

  /** Ends the sessions that match, and spares rows that are no sessions: a condition on defaults or NULL meets those too. */
  async deleteWhere(where: RowFilter, except: readonly string[]): Promise<number> {
    if (!this.#meetsNotes(where)) return this.#ask((backend) => backend.deleteWhere(where, except))
    let total = 0
    for (;;) {
      const rows = await this.#ask((backend) => backend.list(where, this.now(), longestPage))
      const sessions = rows.map(decodeRow).filter((row) => isSession(row) && !except.includes(row.id))
      if (sessions.length === 0) return total
      total += await this.#ask((backend) => backend.delete(sessions.map(({ id }) => id)))
    }
  }

  #meetsNotes(where: RowFilter): boolean {
    return Object.entries(where).every(([name, value]) => {
      const initial = this.schema.columns.get(name)?.initial()
      return name !== 'id' && (value === null || initial === undefined || isDeepStrictEqual(initial, value))
    })
  }

  deleteExpired(now: Date, limit: number): Promise<number> {
    return this.#ask((backend) => backend.deleteExpired(now, limit))
  }

  deleteAll(): Promise<number> {
    return this.#ask((backend) => backend.deleteAll())
  }

  get #capabilities(): SessionBackend['capabilities'] {
    return this.#backend.capabilities
  }

  #birth(): Pick<StoredRow, 'createdAt' | 'version'> {
    const { versions, creationDates } = this.#capabilities
    return { createdAt: creationDates ? this.now() : null, version: versions ? 1 : null }
  }

  #versionAfter({ version }: StoredRow): number | null {
    return this.#capabilities.versions ? (version ?? 0) + 1 : null
  }

  #update({ id, version }: StoredRow, now: Date, values: ChangedValues): Promise<boolean> {
    return this.#updates.write({ id, version, now, values })
  }

  async #ask<T>(question: (backend: SessionBackend) => Promise<T>): Promise<T> {
    try {
      return await question(this.#backend)
    } catch (cause) {
      redact(cause)
      if (cause instanceof SessionError) throw cause
      const error = new SessionError(
        'BACKEND_FAILED',
        'The session database did not answer as it should; see the cause. Check the connection, and that the table exists with all columns.',
        { cause },
      )
      this.#events.emit('error', null, { error })
      throw error
    }
  }
}

function columnsByName(columns: readonly SessionColumn[]): Map<string, SessionColumn> {
  return new Map(columns.map((column) => [column.name, column]))
}
