import { createId } from '../codec/id.js'
import { noMeta, type SessionMeta, type StoredRow } from '../codec/session-meta.js'
import { alreadyCommitted } from '../errors.js'
import { Properties } from '../properties/properties.js'
import { isRenewalDue, maxAgeOf, nextExpiry } from '../repository/expiry.js'
import { forwardingStays } from '../repository/former-ids.js'
import type { SessionRepository } from '../repository/session-repository.js'
import type { WriteState } from './plan-write.js'

/** The state of one session during one request: its row, ids, metadata and properties. An ended session is followed by a new state. */
export class SessionState implements WriteState {
  /** Whether the id is one that was made here, which nobody else can have. */
  readonly hasOwnId: boolean
  #nextId: string | undefined
  #withoutGrace = false
  #row: StoredRow | undefined
  #properties: Properties
  #meta: SessionMeta = noMeta
  #renew = false
  #wanted = false
  #isForwarded = false
  readonly #repository: SessionRepository
  /** When the row was read or written last, in milliseconds since 1970. */
  #seenAt: number
  #id: string | undefined
  /** The last row that a forwarded request has reached. */
  #currentRowId: string | undefined

  /** With a row: the session `id` as it is stored. Without: a new session. */
  constructor(repository: SessionRepository, id?: string, row?: StoredRow) {
    this.#repository = repository
    this.#id = id
    this.hasOwnId = id === undefined
    this.#row = row
    this.#properties = new Properties(repository.schema, row)
    this.#seenAt = row ? repository.options.now() : 0
  }

  /** The id that the next write gives it. */
  get nextId(): string | undefined {
    return this.#nextId
  }

  /** Whether the id that it has opens nothing any more once it is replaced. */
  get withoutGrace(): boolean {
    return this.#withoutGrace
  }

  get row(): StoredRow | undefined {
    return this.#row
  }

  get properties(): Properties {
    return this.#properties
  }

  /** What changes in the metadata of the row. */
  get meta(): SessionMeta {
    return this.#meta
  }

  /** Whether the next commit moves the expiry in any case. */
  get renew(): boolean {
    return this.#renew
  }

  /** Whether a new session is stored even if nothing is in it. */
  get wanted(): boolean {
    return this.#wanted
  }

  /** Whether another request has replaced the id: the row stands under another one by now. */
  get isForwarded(): boolean {
    return this.#isForwarded
  }

  get isRenewalDue(): boolean {
    return this.#row !== undefined && isRenewalDue(this.#repository.options, this.#row)
  }

  /** The id that the row is stored under, or will be. */
  get id(): string {
    this.#id ??= createId(this.#repository.options.idBytes)
    return this.#id
  }

  /** Gives the session another id, with the next write if it is stored. Somebody logs in, or gets other rights. */
  regenerate(withoutGrace: boolean, id?: string): void {
    const { idBytes, now } = this.#repository.options
    this.#withoutGrace ||= withoutGrace
    if (this.row) this.#nextId = id ?? createId(idBytes)
    else this.#id = undefined
    this.changeMeta({ authenticatedAt: now() })
  }

  /** The id that the cookie has, or will have. */
  get cookieId(): string {
    return this.nextId ?? this.id
  }

  /** What the row is found by, as it is stored. */
  get rowId(): string {
    return this.row?.id ?? this.#repository.rowId(this.id)
  }

  /** From which row the session is found again. */
  get currentRowId(): string {
    return this.#currentRowId ?? this.rowId
  }

  /** Whether another request may have replaced the id so long ago that its forwarding row is gone. */
  get isOutdated(): boolean {
    const { options } = this.#repository
    return options.now() - this.#seenAt >= forwardingStays(options)
  }

  /** Whether the session is not in the database yet. */
  get isNew(): boolean {
    return this.row === undefined
  }

  /** Whether a column of the stored row has a value that only the database knows. */
  get lacksDefaults(): boolean {
    return this.row !== undefined && !this.isForwarded && this.properties.lacksColumns
  }

  /** When the session began; `null` for a new one, and where the table does not keep it. */
  get createdAt(): Date | null {
    return this.row?.createdAt ?? null
  }

  /** When the session got its id by `regenerate()`, which is when somebody logged in; else `null`. */
  get authenticatedAt(): Date | null {
    const { authenticatedAt } = this.nextMeta
    return authenticatedAt === undefined ? null : new Date(authenticatedAt)
  }

  /** When the session expires as it is stored; for a new one, when it would if it were stored now. */
  get expires(): Date {
    return (
      this.row?.expires ??
      nextExpiry(this.#repository.options, { createdAt: this.#repository.now(), meta: this.nextMeta })
    )
  }

  /** The idle timeout, in milliseconds. */
  get maxAge(): number {
    return maxAgeOf(this.#repository.options, this.nextMeta)
  }

  /** The metadata that the row will have. */
  get nextMeta(): SessionMeta {
    const before = this.row?.meta ?? noMeta
    return this.meta === noMeta ? before : { ...before, ...this.meta }
  }

  /** Moves the expiry with the next write, also where using the session does not. */
  touch(): void {
    this.#renew = true
  }

  /** Stores a new session even if nothing is in it. */
  want(): void {
    this.#wanted = true
  }

  /** Notes that another request has replaced the id. */
  forward(): void {
    this.#isForwarded = true
  }

  /** Goes on as a session of its own: the one that it comes from stands under another id. */
  split(): void {
    this.#isForwarded = false
  }

  /** Keeps the id, since the browser cannot be told of another one any more. */
  keepId(): void {
    this.#nextId = undefined
  }

  /** Takes the row as it was read again, and the properties with the changes made on it. */
  rebase(row: StoredRow, properties: Properties): void {
    this.#row = row
    this.#properties = properties
  }

  /** Changes the metadata with the next write, which then moves the expiry. */
  changeMeta(meta: SessionMeta): void {
    this.#meta = { ...this.meta, ...meta }
    this.#renew = true
  }

  /** Takes the row as it was written with these metadata for what later changes start from. */
  accept(row: StoredRow, meta: SessionMeta): void {
    if (this.nextId !== undefined && row.id === this.#repository.rowId(this.nextId)) {
      this.#id = this.nextId
      this.#nextId = undefined
      this.#withoutGrace = false
    }
    this.#row = row
    this.#seenAt = this.#repository.options.now()
    this.#renew = false
    if (this.#meta === meta) this.#meta = noMeta // what was noted since stays to be written
  }

  /** Takes a write to the session under its new id: `written` is that row; the request goes on seeing its own one. */
  acceptForwarded(written: StoredRow, meta: SessionMeta): void {
    this.#currentRowId = written.id
    this.#seenAt = this.#repository.options.now()
    if (this.row) {
      const { key: _, ...others } = { ...this.row.meta, ...meta }
      this.#row = { ...this.row, data: this.properties.text(), columns: this.properties.columnValues(), meta: others }
    }
    if (this.#meta === meta) this.#meta = noMeta
  }

  /** Forgets what has changed since the row was read or written. */
  forgetChanges(): void {
    this.#nextId = undefined
    this.#withoutGrace = false
    this.#renew = false
    this.#meta = noMeta
    this.#properties = new Properties(this.#repository.schema, this.row)
  }

  /** Forgets what has changed, for a request that goes on with the objects that it holds. */
  revert(): void {
    const before = this.properties
    before.lookAtStale()
    this.forgetChanges()
    this.properties.holdOn(before)
  }

  /**
   * Lets go of the objects that were handed out: whoever reads them again gets others. Throws `SESSION_COMMITTED` if one of
   * them has been changed, which nobody writes.
   */
  retire(): void {
    const { properties } = this
    if (!properties.isHeld) return
    try {
      if (properties.changes().byName.size > 0 || properties.lookAtStale().length > 0) throw alreadyCommitted()
    } finally {
      this.#properties = new Properties(this.#repository.schema, this.row)
    }
  }
}
