import { isDeepStrictEqual } from 'node:util'
import type { RowFilter, RowTouch, RowUpdate, RowValues, SessionBackend, SessionColumn, SessionRow } from './backend.js'
import { SessionError } from './errors.js'
import type { Events } from './events.js'
import { isAlive, isSession, nextExpiry } from './expiry.js'
import { FindBatch } from './find-batch.js'
import { hashId } from './id.js'
import type { ResolvedOptions } from './options.js'
import type { PropertySchema } from './property-schema.js'
import { decodeRow, encodeData, type SessionMeta, type StoredRow } from './record.js'
import { redact } from './redact.js'
import { tooLarge } from './refusals.js'
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

/**
 * The backend as the core uses it: rows with their meta data, with expiries, and every failure of the database as
 * `BACKEND_FAILED`.
 *
 * Where a write reports no row, it looks again before it believes so: some databases count only rows that changed,
 * and another request may have just written the same expiry.
 */
export class Rows {
  readonly options: ResolvedOptions
  readonly schema: PropertySchema
  readonly #backend: SessionBackend
  readonly #events: Events
  readonly vault: Vault
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
    const byName = (column: SessionColumn): [string, SessionColumn] => [column.name, column]
    const columns = new Map(options.backend.columns.map(byName))
    const { serializer } = options
    this.schema = { columns, serializer, textOf: (row) => vault.open(row), emptyText: serialize(serializer, {}) }
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
    const row = { ...content, ...this.#seal(content.id, content.meta, content.data), ...this.#birth() }
    return this.#insert({ ...row, expires: nextExpiry(this.options, row) })
  }

  /** Stores a row that is no session. To those who do not know of such rows it is one that expires at `expires`. */
  async insertNote(id: string, meta: SessionMeta, expires: Date, data = '{}'): Promise<StoredRow> {
    return this.#insert({ id, data, meta, columns: {}, ...this.#birth(), expires })
  }

  async #insert(row: StoredRow): Promise<StoredRow> {
    const { meta, ...stored } = row
    const data = this.#encode(meta, row.data)
    await this.#ask((backend) => backend.insert([{ ...stored, data }]))
    return row
  }

  /** Writes to the living row as it was read, and gives back what it is now; nothing if it has changed or is gone. */
  async write(row: StoredRow, change: RowChange): Promise<StoredRow | undefined> {
    const { id = row.id, columns } = change
    const { data, meta } = this.#sealAgain(row, id, change)
    const next = { ...row, id, data, meta, columns: { ...row.columns, ...columns } }
    const isRenewed = change.renew || this.options.rolling
    const expires = isRenewed ? nextExpiry(this.options, next) : row.expires
    const values: { -readonly [Name in keyof RowValues]: RowValues[Name] } = { expires, columns }
    if (id !== row.id) values.id = id
    if (data !== row.data || meta !== row.meta) values.data = this.#encode(meta, data)
    const written = await this.#update(row, this.now(), values)
    const mayBeUnchanged = !this.#capabilities.versions && id === row.id
    const isWritten = written || (mayBeUnchanged && (await this.findAlive(row.id)))
    return isWritten ? { ...next, expires, version: this.#versionAfter(row) } : undefined
  }

  /** Writes to a row that is no session, expired or not, if it still is as it was read. Gives back what it is now. */
  async rewriteNote(row: StoredRow, meta: SessionMeta, expires: Date, data = '{}'): Promise<StoredRow | undefined> {
    const written = await this.#update(row, new Date(0), { data: this.#encode(meta, data), expires })
    return written ? { ...row, meta, data, expires, version: this.#versionAfter(row) } : undefined
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

  #update(row: StoredRow, now: Date, changed: object): Promise<boolean> {
    const { id, version } = row
    const next = this.#versionAfter(row)
    const values = { ...changed, ...(next !== null && { version: next }) }
    return this.#updates.write({ id, version, now, values })
  }

  /** What is stored of a text in the row `id`. */
  #seal(id: string, meta: SessionMeta, text: string | null): Pick<StoredRow, 'data' | 'meta'> {
    if (text !== null) this.#refuseTooLong(text)
    const { key: _, ...others } = meta
    const { data, key } = this.vault.seal(id, text)
    return { data, meta: key === undefined ? others : { ...others, key } }
  }

  /** The same for a row that is there. What is encrypted with the current key, for this row, stays as it is. */
  #sealAgain(row: StoredRow, id: string, { data, meta }: RowChange): Pick<StoredRow, 'data' | 'meta'> {
    if (data !== undefined) return this.#seal(id, meta, data)
    if (row.data === null && meta !== row.meta) return this.#seal(id, meta, this.schema.emptyText)
    const isBound = row.meta.key !== undefined && id !== row.id
    if (isBound || this.vault.isOutdated(row)) return this.#seal(id, meta, this.vault.open(row))
    return { data: row.data, meta }
  }

  #refuseTooLong(text: string): void {
    const { maxDataBytes } = this.options
    if (text.length * 3 <= maxDataBytes) return
    const bytes = Buffer.byteLength(text)
    if (bytes > maxDataBytes) throw tooLarge(bytes, `the option maxDataBytes allows ${maxDataBytes}`)
  }

  /** The content of the column `data`, if the column can hold it. */
  #encode(meta: SessionMeta, text: string | null): string | null {
    const data = encodeData(meta, text)
    const most = this.#capabilities.dataBytes
    if (most === null || data === null || data.length * 3 <= most) return data
    const bytes = Buffer.byteLength(data)
    if (bytes <= most) return data
    throw tooLarge(bytes, `its column holds ${most}`)
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
