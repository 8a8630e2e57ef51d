import { createId } from '../codec/id.js'
import { noMeta, type SessionMeta, type StoredRow } from '../codec/session-meta.js'
import { alreadyCommitted } from '../errors.js'
import { Properties } from '../properties/properties.js'
import { isRenewalDue, maxAgeOf, nextExpiry } from '../repository/expiry.js'
import { forwardingStays } from '../repository/former-ids.js'
import type { SessionRepository } from '../repository/session-repository.js'
import type { WriteState } from './plan-write.js'

/** The state of one session during one request: its row, ids, metadata and properties. After the session ends, a new state begins. */
export class SessionState implements WriteState {
  /** Whether the id was made here, so no other session can have it. */
  readonly hasOwnId: boolean
  /** When the session was last used, before this request; `null` if that is not known. */
  readonly lastSeenAt: Date | null
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
  /** The id of the latest row that a forwarded request has reached. */
  #currentRowId: string | undefined

  /** With a row it is the stored session `id`; without a row, a new session. */
  constructor(repository: SessionRepository, id?: string, row?: StoredRow) {
    this.#repository = repository
    this.#id = id
    this.hasOwnId = id === undefined
    this.lastSeenAt = row?.lastSeenAt ?? null
    this.#row = row
    this.#properties = new Properties(repository.schema, row)
    this.#seenAt = row ? repository.options.now() : 0
  }

  /** The id that the next write gives the session. */
  get nextId(): string | undefined {
    return this.#nextId
  }

  /** Whether the present id opens nothing once it is replaced. */
  get withoutGrace(): boolean {
    return this.#withoutGrace
  }

  get row(): StoredRow | undefined {
    return this.#row
  }

  get properties(): Properties {
    return this.#properties
  }

  /** The metadata that change with the next write. */
  get meta(): SessionMeta {
    return this.#meta
  }

  /** Whether the next commit moves the expiry in any case. */
  get renew(): boolean {
    return this.#renew
  }

  /** Whether a new session is stored even if it is empty. */
  get wanted(): boolean {
    return this.#wanted
  }

  /** Whether another request has replaced the id, so that the session has another row now. */
  get isForwarded(): boolean {
    return this.#isForwarded
  }

  get isRenewalDue(): boolean {
    return this.#row !== undefined && isRenewalDue(this.#repository.options, this.#row)
  }

  /** The id of the session, as long as the next write does not replace it. */
  get id(): string {
    this.#id ??= createId(this.#repository.options.idBytes)
    return this.#id
  }

  /** Gives the session another id, for a login or a change of rights; with the next write if it is stored. */
  regenerate(withoutGrace: boolean, id?: string): void {
    const { idBytes, now } = this.#repository.options
    this.#withoutGrace ||= withoutGrace
    if (this.row) this.#nextId = id ?? createId(idBytes)
    else this.#id = undefined
    this.changeMeta({ authenticatedAt: now() })
  }

  /** Replaces the id of an old package by one of ours, with the next write that can send the cookie. */
  adopt(): void {
    this.#nextId = createId(this.#repository.options.idBytes)
  }

  /** The id in the cookie after the next write. */
  get cookieId(): string {
    return this.nextId ?? this.id
  }

  /** The id of the row that the request read, or that it will insert. */
  get rowId(): string {
    return this.row?.id ?? this.#repository.rowId(this.id)
  }

  /** The id of the row from which to find the session again. */
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

  /** Whether a column of the stored row has a value that only the database knows so far. */
  get lacksDefaults(): boolean {
    return this.row !== undefined && !this.isForwarded && this.properties.lacksColumns
  }

  /** When the session began; `null` for a new session, or if the table does not keep it. */
  get createdAt(): Date | null {
    return this.row?.createdAt ?? null
  }

  /** When the session got its id by `regenerate()`, which is the login; `null` if it never did. */
  get authenticatedAt(): Date | null {
    const { authenticatedAt } = this.nextMeta
    return authenticatedAt === undefined ? null : new Date(authenticatedAt)
  }

  /** The stored expiry; for a new session, the expiry if it were stored now. */
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

  /** The metadata of the row after the next write. */
  get nextMeta(): SessionMeta {
    const before = this.row?.meta ?? noMeta
    return this.meta === noMeta ? before : { ...before, ...this.meta }
  }

  /** Moves the expiry with the next write, even if using the session does not. */
  touch(): void {
    this.#renew = true
  }

  /** Lets a new session be stored even if it is empty. */
  want(): void {
    this.#wanted = true
  }

  /** Notes that another request has replaced the id, so that adopting is over; with `false`, that it goes on as one of its own. */
  forward(isForwarded = true): void {
    if (isForwarded && this.#meta.authenticatedAt === undefined) this.keepId()
    this.#isForwarded = isForwarded
  }

  /** Cancels the replacement of the id, because the cookie cannot be sent any more. */
  keepId(): void {
    this.#nextId = undefined
  }

  /** Takes a row that was read again, and the properties with the changes repeated on it. */
  rebase(row: StoredRow, properties: Properties): void {
    this.#row = row
    this.#properties = properties
  }

  /** Changes metadata with the next write, which then moves the expiry too. */
  changeMeta(meta: SessionMeta): void {
    this.#meta = { ...this.meta, ...meta }
    this.#renew = true
  }

  /** Makes the row that was written with these metadata the base for later changes. */
  accept(row: StoredRow, meta: SessionMeta): void {
    if (this.nextId !== undefined && row.id === this.#repository.rowId(this.nextId)) {
      this.#id = this.nextId
      this.#nextId = undefined
      this.#withoutGrace = false
    }
    this.#row = row
    this.#seenAt = this.#repository.options.now()
    this.#renew = false
    if (this.#meta === meta) this.#meta = noMeta // metadata that changed meanwhile stay to be written
  }

  /** Notes a write to the row that the session has now, which is `written`. The request still sees its own row. */
  acceptForwarded(written: StoredRow, meta: SessionMeta): void {
    this.#currentRowId = written.id
    this.#seenAt = this.#repository.options.now()
    if (this.row) {
      const { key: _, ...others } = { ...this.row.meta, ...meta }
      this.#row = { ...this.row, data: this.properties.text(), columns: this.properties.columnValues(), meta: others }
    }
    if (this.#meta === meta) this.#meta = noMeta
  }

  /** Drops the changes since the row was read or written. */
  forgetChanges(): void {
    this.#nextId = undefined
    this.#withoutGrace = false
    this.#renew = false
    this.#meta = noMeta
    this.#properties = new Properties(this.#repository.schema, this.row)
  }

  /** Drops the changes, for a request that goes on and may hold objects. */
  revert(): void {
    const before = this.properties
    before.changedDetached()
    this.forgetChanges()
    this.properties.attachObjectsOf(before)
  }

  /** Detaches the objects that were handed out. Throws `SESSION_COMMITTED` if one has a change that was not written. */
  retire(): void {
    const { properties } = this
    if (!properties.isHeld) return
    try {
      if (properties.changes().byName.size > 0 || properties.changedDetached().length > 0) throw alreadyCommitted()
    } finally {
      this.#properties = new Properties(this.#repository.schema, this.row)
    }
  }
}
