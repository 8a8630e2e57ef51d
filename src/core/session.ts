import type { SessionRow } from './backend.js'
import { SessionError } from './errors.js'
import { createId } from './id.js'
import { type Changes, Properties } from './properties.js'
import { retry } from './retry.js'
import type { Rows } from './rows.js'

/** What the browser must be told about its cookie. */
export type CookieChange =
  | { readonly kind: 'set'; readonly id: string; readonly maxAge: number }
  | { readonly kind: 'clear' }

/**
 * The session of one request: the row as it was read, what the request has changed since, and how that is written.
 *
 * A new session is inserted. An existing one is updated only if its row still has the version that was read; if not,
 * the row is read again and the changes are made again on it, key by key. A row that is gone stays gone.
 */
export class Session {
  readonly #rows: Rows
  #properties: Properties
  #id: string
  #row: SessionRow | undefined
  #nextId: string | undefined
  #renew = false
  #dead: string | undefined
  readonly #tell: (change: CookieChange) => void

  /** With a row: the session `id` as it is stored. Without: a new session. `tell` hears what the browser must be told. */
  constructor(rows: Rows, id: string, row?: SessionRow, tell: (change: CookieChange) => void = () => {}) {
    this.#rows = rows
    this.#tell = tell
    this.#id = id
    this.#row = row
    this.#properties = new Properties(rows.schema, row)
  }

  /** The id in the cookie. After {@link regenerate}, the new one. */
  get id(): string {
    return this.#nextId ?? this.#id
  }

  /** What the row is found by. */
  get rowId(): string {
    return this.#rows.rowId(this.id)
  }

  /** Whether the session is not in the database yet. */
  get isNew(): boolean {
    return this.#row === undefined
  }

  /** When the session began; `null` for a new one, and where the table does not keep it. */
  get createdAt(): Date | null {
    return this.#row?.createdAt ?? null
  }

  /** When the session expires as it is stored; for a new one, when it would if it were stored now. */
  get expires(): Date {
    return this.#row?.expires ?? this.#rows.nextExpiry(this.#rows.now())
  }

  get properties(): Properties {
    return this.#properties
  }

  /** Renews the session at the commit, also where reading it would not. */
  touch(): void {
    this.#renew = true
  }

  /** Gives the session a new id at the commit, in the same statement as its changes. The old id is dead then. */
  regenerate(): void {
    this.#nextId = createId(this.#rows.options.idBytes)
    if (this.#row) return
    this.#id = this.#nextId
    this.#nextId = undefined
  }

  /** Ends the session at the commit. What is set afterwards begins a new one. */
  end(): void {
    if (!this.#row) this.#properties = new Properties(this.#rows.schema)
    else this.#become(this.#row.id)
  }

  /** Forgets what has changed since the last commit, except that the session was ended. */
  discard(): void {
    this.#nextId = undefined
    this.#renew = false
    this.#properties = new Properties(this.#rows.schema, this.#row)
  }

  /** Ends the session in the database, now. */
  async destroy(): Promise<void> {
    this.end()
    await this.#deleteDead()
  }

  /** Writes what has changed, now. Rejects with `SESSION_GONE` if the session was ended elsewhere. */
  async save(): Promise<void> {
    if ((await this.#commit(true)) === 'gone') throw gone()
  }

  /** Reads the row again, and forgets what has changed. Rejects with `SESSION_GONE` if the session was ended elsewhere. */
  async reload(): Promise<void> {
    this.discard()
    if (this.#row && !(await this.#read())) throw gone()
  }

  /**
   * Writes what has changed so far; then runs `change` and writes what it changed. If another request was faster,
   * `change` runs again on the fresh row, so that what it computes from the session is exact.
   */
  async update(change: () => unknown): Promise<void> {
    if (this.#row) await this.save()
    await retry(async () => {
      await this.#attempt(change)
      const outcome = await this.#tryCommit(this.#properties.changes(), true)
      if (outcome === 'gone') throw gone()
      if (outcome === 'done') return true
      if (!(await this.#read())) throw gone()
      return false
    })
  }

  /** If `change` throws, nothing of what it changed stays. */
  async #attempt(change: () => unknown): Promise<void> {
    try {
      await change()
    } catch (error) {
      if (this.#row) this.discard()
      throw error
    }
  }

  /** Writes what has changed, at the end of a request. A session that was ended elsewhere stays so. */
  async commit(): Promise<void> {
    await this.#commit(false)
  }

  async #commit(explicit: boolean): Promise<'done' | 'gone'> {
    const ended = await this.#deleteDead()
    let outcome: 'done' | 'gone' | undefined
    await retry(async () => {
      const changes = this.#properties.changes()
      const tried = await this.#tryCommit(changes, explicit && !ended)
      if (tried !== 'conflict') outcome = tried
      else if (!(await this.#read(changes))) outcome = 'gone'
      return outcome !== undefined
    })
    return outcome ?? 'gone'
  }

  /** Carries out {@link end}, and tells whether there was something to do. */
  async #deleteDead(): Promise<boolean> {
    if (this.#dead === undefined) return false
    await this.#rows.delete(this.#dead)
    this.#dead = undefined
    this.#tell({ kind: 'clear' })
    return true
  }

  /** Becomes a new session. `dead` is the row that has to be deleted, if there is one. */
  #become(dead?: string): void {
    this.#dead = dead
    this.#row = undefined
    this.#nextId = undefined
    this.#renew = false
    this.#id = createId(this.#rows.options.idBytes)
    this.#properties = new Properties(this.#rows.schema)
  }

  async #tryCommit(changes: Changes, explicit: boolean): Promise<'done' | 'gone' | 'conflict'> {
    const row = this.#row
    if (!row) {
      if (explicit || changes.byName.size > 0) await this.#insert(changes)
      return 'done'
    }
    if (changes.byName.size > 0 || this.#nextId !== undefined) return this.#update(row, changes)
    return this.#renew || this.#rows.isRenewalDue(row) ? this.#touch(row) : 'done'
  }

  async #insert(changes: Changes): Promise<void> {
    const row = await this.#rows.create(this.#rows.rowId(this.#id), this.#properties.text(), changes.columns)
    this.#accept(row, changes)
  }

  async #update(row: SessionRow, changes: Changes): Promise<'done' | 'conflict'> {
    const written = await this.#rows.write(row, {
      id: this.#nextId === undefined ? undefined : this.#rows.rowId(this.#nextId),
      data: changes.data,
      columns: changes.columns,
      renew: this.#renew,
    })
    if (!written) return 'conflict'
    this.#id = this.#nextId ?? this.#id
    this.#nextId = undefined
    this.#accept(written, changes)
    return 'done'
  }

  async #touch(row: SessionRow): Promise<'done' | 'gone'> {
    const renewed = await this.#rows.renew(row)
    if (!renewed) return this.#lose()
    this.#renew = false
    this.#row = renewed
    this.#tellId(renewed.expires)
    return 'done'
  }

  /** Takes what was written as the base of later changes. */
  #accept(row: SessionRow, changes: Changes): void {
    this.#row = row
    this.#renew = false
    this.#properties.accept(changes)
    this.#tellId(row.expires)
  }

  #tellId(expires: Date): void {
    this.#tell({ kind: 'set', id: this.#id, maxAge: expires.getTime() - this.#rows.options.now() })
  }

  /** Reads the row again, and makes `changes` again on it. Tells whether the row is still there. */
  async #read(changes?: Changes): Promise<boolean> {
    const fresh = await this.#rows.findAlive(this.#rows.rowId(this.#id))
    if (!fresh) {
      this.#lose()
      return false
    }
    this.#row = fresh
    const { merge } = this.#rows.options
    this.#properties = changes
      ? this.#properties.replay(fresh, changes, merge)
      : new Properties(this.#rows.schema, fresh)
    return true
  }

  /** The session was ended elsewhere: what this request has changed goes with it. */
  #lose(): 'gone' {
    this.#become()
    this.#tell({ kind: 'clear' })
    return 'gone'
  }
}

function gone(): SessionError {
  return new SessionError(
    'SESSION_GONE',
    'The session was ended or has expired since this request began. Let the user log in again.',
  )
}
