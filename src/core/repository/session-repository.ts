import { BackendClient, type Question } from '../backend/backend-client.js'
import { RowChanges } from '../backend/changed-values.js'
import type { ExpectedRow } from '../backend/expected-row.js'
import type { RowFilter, RowTouch, RowUpdate, SessionBackend, SessionRow } from '../backend/session-backend.js'
import { Encryption } from '../codec/encryption.js'
import { hashId } from '../codec/id.js'
import { RowCodec } from '../codec/row-codec.js'
import { decodeRow, type SessionMeta, type StoredRow } from '../codec/session-meta.js'
import { type Deadline, TimeLimit } from '../concurrency/deadline.js'
import type { Events } from '../events.js'
import type { ResolvedOptions } from '../options/options.js'
import type { PropertySchema } from '../properties/property-schema.js'
import { isAlive, isMoveDue, isOver, isSession, neverExpires, nextExpiry, staysEndless } from './expiry.js'
import { FindBatcher } from './find-batcher.js'
import { LastSeen } from './last-seen.js'
import { LivingSessions } from './living-sessions.js'
import { type Fate, fateOf, writeSurely } from './lost-answer.js'
import type { RowChange, RowContent } from './row-change.js'
import { RowRemoval } from './row-removal.js'
import { RowSchema } from './row-schema.js'
import type { RowWatcher } from './row-watcher.js'
import { kindOf, kindOfTouch, WriteBatcher } from './write-batcher.js'

/**
 * The backend, as core uses it: rows with their metadata and expiries. Failures of the database are `SessionError`s.
 *
 * If a write reports that no row was written, the row is read again: some databases count only rows that changed, and
 * another request may just have written an equal expiry.
 */
export class SessionRepository {
  readonly options: ResolvedOptions
  readonly #client: BackendClient
  readonly #schema: RowSchema
  readonly events: Events
  /** The time limit of operations. */
  readonly time: TimeLimit
  readonly encryption: Encryption
  readonly #codec: RowCodec
  /** Counts sessions, and reads all of them. */
  readonly living: LivingSessions
  /** Removes many rows. */
  readonly removal: RowRemoval
  readonly lastSeen: LastSeen
  /** Hears what this process does to rows that are watched; `undefined` until a session is watched. */
  watcher: RowWatcher | undefined
  readonly #finds = new FindBatcher((ids, deadline) => this.findAll(ids, deadline))
  readonly #updates: WriteBatcher<RowUpdate>
  readonly #touches: WriteBatcher<RowTouch>

  constructor(options: ResolvedOptions, events: Events) {
    this.options = options
    this.events = events
    this.time = new TimeLimit(options.timeout)
    this.#client = new BackendClient(options.backend, events)
    const isBatched = (): boolean => options.backend.batchesWrites?.() ?? false
    this.#updates = new WriteBatcher(
      (updates, deadline) => this.#client.ask((backend, call) => backend.update(updates, call), deadline),
      kindOf,
      isBatched,
    )
    this.#touches = new WriteBatcher(
      (touches, deadline) => this.#client.askSafely((backend, call) => backend.touch(touches, call), deadline),
      kindOfTouch,
      isBatched,
    )
    this.lastSeen = new LastSeen(options, this.time, (touch, deadline) => this.#touches.write(touch, deadline))
    const encryption = new Encryption(options.encryptionKeys)
    this.encryption = encryption
    this.#schema = new RowSchema(options, encryption)
    this.#codec = new RowCodec(options, encryption, this.schema.emptyText)
    this.living = new LivingSessions(this.#client, options)
    this.removal = new RowRemoval(this.#client, this)
  }

  /** The schema for reading properties. It may change at any time, when an association of the ORM adds a column. */
  get schema(): PropertySchema {
    return this.#schema.current
  }

  now(): Date {
    return new Date(this.options.now())
  }

  /** The id of the row of the session `id`. */
  rowId(id: string): string {
    return this.options.hashIds ? hashId(id) : id
  }

  /** Finds the row with this id, alive or not. */
  findOne(rowId: string, deadline: Deadline): Promise<StoredRow | undefined> {
    return this.#finds.find(rowId, deadline)
  }

  /** Finds the rows with these ids, alive or not, by one statement of their own. */
  async findAll(ids: readonly string[], deadline: Deadline): Promise<StoredRow[]> {
    return (await this.#client.askSafely((backend, call) => backend.find(ids, call), deadline)).map(decodeRow)
  }

  /** Finds the row if it is that of a living session. */
  async findAlive(rowId: string, deadline: Deadline): Promise<StoredRow | undefined> {
    const row = await this.findOne(rowId, deadline)
    return row && this.isAlive(row) ? row : undefined
  }

  /** Whether the row is that of a living session. Reports an unreadable row and throws `DATA_CORRUPT`. */
  isAlive(row: StoredRow): boolean {
    try {
      return isAlive(this.options, row)
    } catch (error) {
      this.events.emit('error', row.id, { error })
      throw error
    }
  }

  /** Stores a new session. Resolves to its row. With `mayBeTaken` the id may exist already: then {@link told} reports a failure. */
  async create(content: RowContent, deadline: Deadline, mayBeTaken = false): Promise<StoredRow> {
    const meta = { ...this.#newMeta(), ...this.lastSeen.values() }
    const row = { ...content, ...this.#codec.store(content.id, content.meta, content.data), ...meta }
    return this.#insert({ ...row, expires: nextExpiry(this.options, row) }, deadline, mayBeTaken)
  }

  /**
   * Stores a marker row. Other programs see a row that expires at `expires`. Another process may store it at the same moment:
   * a failure is reported only by {@link told}.
   */
  async insertMarker(
    id: string,
    meta: SessionMeta,
    expires: Date,
    deadline: Deadline,
    data = '{}',
  ): Promise<StoredRow> {
    return this.#insert({ id, data, meta, columns: {}, ...this.#newMeta(), expires }, deadline, true)
  }

  async #insert(row: StoredRow, deadline: Deadline, mayBeTaken: boolean): Promise<StoredRow> {
    const { meta, ...stored } = row
    const data = this.#codec.encode(meta, row.data)
    const question: Question<void> = (backend, call) => backend.insert([{ ...stored, data }], call)
    const send = (): Promise<true> => this.#client.ask(question, deadline, mayBeTaken).then(() => true)
    await writeSurely(send, () => this.#fateOf({ ...stored, data }, undefined, deadline))
    return row
  }

  /** Reports a failure to insert a row that did not exist already. Returns the error. */
  told(error: unknown): unknown {
    return this.#client.told(error)
  }

  /** The fate of a write with a lost answer to the row `read`; to no row, if it was to insert one. */
  #fateOf(expected: ExpectedRow, read: StoredRow | undefined, deadline: Deadline): Promise<Fate> {
    return fateOf(expected, read, async (id) => {
      const row = await this.findOne(id, deadline)
      return row && { ...row, data: this.#codec.encode(row.meta, row.data) }
    })
  }

  /** Writes to a living row that is as it was read. Resolves to the new row; `undefined` if it has changed or is gone. */
  async write(row: StoredRow, change: RowChange, deadline: Deadline): Promise<StoredRow | undefined> {
    const { id = row.id } = change
    const { data, meta } = this.#codec.restore(row, id, change)
    const { createdAt } = row
    const lifetime = { createdAt, meta, expires: row.expires }
    const isMoved = !staysEndless(row, meta) && (change.renew || isMoveDue(this.options, lifetime))
    const expires = isMoved ? nextExpiry(this.options, lifetime) : row.expires
    const version = this.#versionAfter(row)
    const values = new RowChanges(isMoved ? expires : undefined, version, change.columns, this.lastSeen.now())
    if (id !== row.id) values.id = id
    if (data !== row.data || meta !== row.meta) values.data = this.#codec.encode(meta, data)
    const written = await this.#update(row, this.now(), values, deadline, change.isExclusive)
    const mayBeUnchanged = !this.#capabilities.versions && id === row.id
    if (!written && !(mayBeUnchanged && (await this.findAlive(row.id, deadline)))) return undefined
    this.lastSeen.note(id)
    const { lastSeenAt = row.lastSeenAt } = values
    return { id, data, expires, createdAt, version, lastSeenAt, columns: { ...row.columns, ...change.columns }, meta }
  }

  /** Writes to a marker row, expired or not, that is as it was read. Resolves to the new row, or to `undefined`. */
  async rewriteMarker(
    row: StoredRow,
    meta: SessionMeta,
    expires: Date,
    deadline: Deadline,
    data = '{}',
  ): Promise<StoredRow | undefined> {
    const version = this.#versionAfter(row)
    const values = new RowChanges(expires, version)
    values.data = this.#codec.encode(meta, data)
    const written = await this.#update(row, new Date(0), values, deadline)
    return written ? { ...row, meta, data, expires, version } : undefined
  }

  /** Moves the expiry. Resolves to the new row; `undefined` if it has changed or is gone. */
  async renew(row: StoredRow, deadline: Deadline): Promise<StoredRow | undefined> {
    const { id, version } = row
    const expires = nextExpiry(this.options, row)
    const seen = this.lastSeen.values()
    if (!neverExpires(row) && (await this.#touches.write({ id, version, now: this.now(), expires, ...seen }, deadline)))
      return { ...row, expires, ...seen }
    const fresh = await this.findAlive(id, deadline)
    return fresh?.version === version ? { ...row, expires: fresh.expires } : undefined
  }

  delete(rowId: string, deadline: Deadline): Promise<number> {
    return this.#client.askSafely((backend, call) => backend.delete([rowId], call), deadline)
  }

  /** Lists the living sessions that match, and those that cannot be read but count as living for the database. */
  async list(where: RowFilter, limit: number, deadline: Deadline): Promise<StoredRow[]> {
    const rows = await this.listAll(where, limit, deadline)
    return rows.filter((row) => isSession(row) && !isOver(this.options, row))
  }

  /** Lists the rows that match and are not expired, including marker rows. */
  async listAll(where: RowFilter, limit: number, deadline: Deadline): Promise<StoredRow[]> {
    const question: Question<readonly SessionRow[]> = (backend, call) => backend.list(where, this.now(), limit, call)
    return (await this.#client.askSafely(question, deadline)).map(decodeRow)
  }

  get #capabilities(): SessionBackend['capabilities'] {
    return this.options.backend.capabilities
  }

  #newMeta(): Pick<StoredRow, 'createdAt' | 'version'> {
    const { versions, creationDates } = this.#capabilities
    return { createdAt: creationDates ? this.now() : null, version: versions ? 1 : null }
  }

  #versionAfter({ version }: StoredRow): number | null {
    return this.#capabilities.versions ? (version ?? 0) + 1 : null
  }

  #update(row: StoredRow, now: Date, values: RowChanges, deadline: Deadline, isSole = false): Promise<boolean> {
    const { id, version } = row
    const look = async (): Promise<Fate> => {
      const data = values.data === undefined ? this.#codec.encode(row.meta, row.data) : values.data
      const { id: nextId = id, version: nextVersion = version, columns = {} } = values
      const fate = await this.#fateOf({ id: nextId, version: nextVersion, data, columns }, row, deadline)
      // Another request may have written the same; not to an id that was made here.
      return fate === 'written' && isSole && nextId === id ? 'unknown' : fate
    }
    return writeSurely(() => this.#updates.write({ id, version, now, values }, deadline), look)
  }
}
