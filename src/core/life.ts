import type { Changes } from './changes.js'
import type { CookieChange } from './cookie-channel.js'
import { isRenewalDue, maxAgeOf, neverExpires, nextExpiry } from './expiry.js'
import { traceStays } from './former-ids.js'
import { createId } from './id.js'
import { Properties } from './properties.js'
import { noMeta, type SessionMeta, type StoredRow } from './record.js'
import { committed } from './refusals.js'
import type { Rows } from './rows.js'

/** The longest time that browsers keep a cookie, in milliseconds: 400 days. */
const longestCookie = 400 * 86_400_000

/** What a session is, as one request knows it, until it is ended. Then the request goes on with a new one. */
export class Life {
  /** The id that the next write gives it. */
  nextId: string | undefined
  /** Whether the id that it has opens nothing any more once it is replaced. */
  withoutGrace = false
  row: StoredRow | undefined
  properties: Properties
  /** What changes in the meta data of the row. */
  meta: SessionMeta
  /** Whether the next commit moves the expiry in any case. */
  renew = false
  /** Whether a new session is stored even if nothing is in it. */
  wanted = false
  /** Whether another request has replaced the id: the row stands under another one by now. */
  late = false
  /** Whether the id is one that was made here, which nobody else can have. */
  readonly hasOwnId: boolean
  readonly #rows: Rows
  readonly #birth: SessionMeta
  /** When the row was read or written last, in milliseconds since 1970. */
  #seenAt: number
  #id: string | undefined
  /** The last row that a late request has reached. */
  #reached: string | undefined

  /**
   * With a row: the session `id` as it is stored. Without: a new session, which gets an id when one is asked for, and the
   * meta data `birth` when it is stored.
   */
  constructor(rows: Rows, id?: string, row?: StoredRow, birth = noMeta) {
    this.#rows = rows
    this.#id = id
    this.hasOwnId = id === undefined
    this.#birth = birth
    this.meta = birth
    this.row = row
    this.properties = new Properties(rows.schema, row)
    this.#seenAt = row ? rows.options.now() : 0
  }

  /** The id that the row is stored under, or will be. */
  get id(): string {
    this.#id ??= createId(this.#rows.options.idBytes)
    return this.#id
  }

  /** Gives the session another id, with the next write if it is stored. Somebody logs in, or gets other rights. */
  regenerate(binding: SessionMeta, withoutGrace: boolean): void {
    const { idBytes, now } = this.#rows.options
    this.withoutGrace ||= withoutGrace
    if (this.row) this.nextId = createId(idBytes)
    else this.#id = undefined
    this.note({ authenticatedAt: now(), ...binding })
  }

  /** The id that the cookie has, or will have. */
  get cookieId(): string {
    return this.nextId ?? this.id
  }

  /** What the row is found by, as it is stored. */
  get rowId(): string {
    return this.row?.id ?? this.#rows.rowId(this.id)
  }

  /** From which row the session is found again. */
  get reach(): string {
    return this.#reached ?? this.rowId
  }

  /** Whether another request may have replaced the id so long ago that its trace is gone. */
  get isOutdated(): boolean {
    const { options } = this.#rows
    return options.now() - this.#seenAt >= traceStays(options)
  }

  /** Whether the session is not in the database yet. */
  get isNew(): boolean {
    return this.row === undefined
  }

  /** Whether a column of the stored row has a value that only the database knows. */
  get lacksDefaults(): boolean {
    return this.row !== undefined && !this.late && this.properties.lacksColumns
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
    return this.row?.expires ?? nextExpiry(this.#rows.options, { createdAt: this.#rows.now(), meta: this.nextMeta })
  }

  /** The idle timeout, in milliseconds. */
  get maxAge(): number {
    return maxAgeOf(this.#rows.options, this.nextMeta)
  }

  /** What the browser is told once the session is written. */
  get cookieChange(): CookieChange {
    const { id, late } = this
    return late ? { kind: 'keep', id } : { kind: 'set', id, maxAge: this.#cookieMaxAge }
  }

  /** How long the cookie lives, in milliseconds; `undefined` for as long as the browser runs. */
  get #cookieMaxAge(): number | undefined {
    const { cookie, now } = this.#rows.options
    const isPersistent = cookie.persistent || this.nextMeta.maxAge !== undefined
    if (!isPersistent) return undefined
    return neverExpires(this) ? longestCookie : this.expires.getTime() - now()
  }

  /** The meta data that the row will have. */
  get nextMeta(): SessionMeta {
    const before = this.row?.meta ?? noMeta
    return this.meta === noMeta ? before : { ...before, ...this.meta }
  }

  /** Whether there is anything to write, with these changes of the properties. */
  hasWork({ byName }: Changes): boolean {
    const { row, nextId, meta, renew, late, wanted } = this
    if (byName.size > 0 || nextId !== undefined) return true
    if (!row) return wanted
    return meta !== noMeta || (!late && (renew || isRenewalDue(this.#rows.options, row)))
  }

  /** Whether nothing is to be written but the expiry, which moves by itself as the session is used. */
  isRenewal({ byName }: Changes): boolean {
    return (
      this.row !== undefined && byName.size === 0 && !this.renew && this.nextId === undefined && this.meta === noMeta
    )
  }

  /** Changes the meta data with the next write, which then moves the expiry. */
  note(meta: SessionMeta): void {
    this.meta = { ...this.meta, ...meta }
    this.renew = true
  }

  /** Takes the row as it was written with these meta data for what later changes start from. */
  accept(row: StoredRow, meta: SessionMeta): void {
    if (this.nextId !== undefined && row.id === this.#rows.rowId(this.nextId)) {
      this.#id = this.nextId
      this.nextId = undefined
      this.withoutGrace = false
    }
    this.row = row
    this.#seenAt = this.#rows.options.now()
    this.renew = false
    this.#acceptMeta(meta)
  }

  /** The same where the session stands under another id: `written` is that row, and this one is what the request sees. */
  acceptLate(written: StoredRow, meta: SessionMeta): void {
    this.#reached = written.id
    this.#seenAt = this.#rows.options.now()
    if (this.row) {
      const { key: _, ...others } = { ...this.row.meta, ...meta }
      this.row = { ...this.row, data: this.properties.text(), columns: this.properties.columnValues(), meta: others }
    }
    this.#acceptMeta(meta)
  }

  /** What was noted since stays to be written. */
  #acceptMeta(meta: SessionMeta): void {
    if (this.meta === meta) this.meta = noMeta
  }

  /** Forgets what has changed since the row was read or written. */
  forgetChanges(): void {
    this.nextId = undefined
    this.withoutGrace = false
    this.renew = false
    this.meta = this.row ? noMeta : this.#birth
    this.properties = new Properties(this.#rows.schema, this.row)
  }

  /** The same for a request that goes on with the objects that it holds. What it has changed in stale ones is forgotten too. */
  revert(): void {
    const before = this.properties
    before.lookAtStale()
    this.forgetChanges()
    this.properties.holdOn(before)
  }

  /**
   * Lets nothing that was handed out be changed any more. Throws `SESSION_COMMITTED` if something has been changed that
   * nobody writes.
   */
  retire(): void {
    const { properties } = this
    if (!properties.isHeld) return
    try {
      if (properties.changes().byName.size > 0 || properties.lookAtStale().length > 0) throw committed()
    } finally {
      properties.freeze()
      // Who reads it from now on gets other objects.
      this.properties = new Properties(this.#rows.schema, this.row)
    }
  }
}
