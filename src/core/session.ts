import { AsyncLocalStorage } from 'node:async_hooks'
import type { SessionRow } from './backend.js'
import type { SessionError } from './errors.js'
import { createId } from './id.js'
import { gone, type Life, lifeOf, nested } from './life.js'
import { type Changes, changesSince, Properties } from './properties.js'
import { retry } from './retry.js'
import type { Rows } from './rows.js'

/** What the browser must be told about its cookie. */
export type CookieChange =
  | { readonly kind: 'set'; readonly id: string; readonly maxAge: number }
  | { readonly kind: 'clear' }

/** In which session's `update()` code runs. */
const updating = new AsyncLocalStorage<Session>()

/**
 * The session of one request: the row as it was read, what the request has changed since, and how that is written.
 *
 * A new session is inserted. An existing one is updated only if its row still has the version that was read; if not,
 * the row is read again and the changes are made again on it, key by key. A row that is gone stays gone.
 *
 * What is written is written in turn: operations of one request that overlap wait for each other.
 */
export class Session {
  readonly #rows: Rows
  readonly #tell: (change: CookieChange) => void
  #life: Life
  /** Ended, but still in the database. */
  #dead: Life[] = []
  #lastTurn: Promise<unknown> = Promise.resolve()

  /** With a row: the session `id` as it is stored. Without: a new session. `tell` hears what the browser must be told. */
  constructor(rows: Rows, id: string, row?: SessionRow, tell: (change: CookieChange) => void = () => {}) {
    this.#rows = rows
    this.#tell = tell
    this.#life = lifeOf(rows, id, row)
  }

  /** The id in the cookie. After {@link regenerate}, the new one. */
  get id(): string {
    return this.#life.nextId ?? this.#life.id
  }

  /** What the row is found by. */
  get rowId(): string {
    return this.#rows.rowId(this.id)
  }

  /** Whether the session is not in the database yet. */
  get isNew(): boolean {
    return this.#life.row === undefined
  }

  /** When the session began; `null` for a new one, and where the table does not keep it. */
  get createdAt(): Date | null {
    return this.#life.row?.createdAt ?? null
  }

  /** When the session expires as it is stored; for a new one, when it would if it were stored now. */
  get expires(): Date {
    return this.#life.row?.expires ?? this.#rows.nextExpiry(this.#rows.now())
  }

  get properties(): Properties {
    return this.#life.properties
  }

  /** Renews the session at the commit, also where reading it would not. */
  touch(): void {
    this.#life.renew = true
  }

  /** Gives the session a new id at the commit, in the same statement as its changes. The old id is dead then. */
  regenerate(): Promise<void> {
    const regenerate = async (): Promise<void> => {
      const id = createId(this.#rows.options.idBytes)
      if (this.#life.row) this.#life.nextId = id
      else this.#life.id = id
    }
    return updating.getStore() === this ? regenerate() : this.#inTurn(regenerate)
  }

  /** Ends the session at the commit. What is set afterwards begins a new one. */
  end(): void {
    this.#dead.push(this.#life)
    this.#begin()
  }

  /** Forgets what has changed since the last commit, except that the session was ended. */
  discard(): void {
    const life = this.#life
    life.nextId = undefined
    life.renew = false
    life.properties = new Properties(this.#rows.schema, life.row)
  }

  /** Ends the session in the database, now. */
  destroy(): Promise<void> {
    this.end()
    return this.#inTurn(() => this.#deleteDead())
  }

  /** Writes what has changed, now. Rejects with `SESSION_GONE` if the session was ended elsewhere. */
  save(): Promise<void> {
    return this.#inTurn(async () => {
      if (!(await this.#commit())) throw gone()
    })
  }

  /** Reads the row again, and forgets what has changed in it. Rejects with `SESSION_GONE` if the session was ended elsewhere. */
  reload(): Promise<void> {
    return this.#inTurn(async () => {
      const life = this.#life
      life.properties = new Properties(this.#rows.schema, life.row)
      if (life.row && !(await this.#readAgain(life))) throw this.#lose(life)
    })
  }

  /**
   * Writes what has changed so far; then runs `change` and writes what it changed. If another request was faster,
   * `change` runs again on the fresh row, so that what it computes from the session is exact.
   */
  update(change: () => unknown): Promise<void> {
    return this.#inTurn(async () => {
      await this.#deleteDead()
      const life = this.#life
      if (life.row && !(await this.#write(life))) throw this.#lose(life)
      await retry(async () => {
        await this.#attempt(life, change)
        const changes = life.properties.changes()
        if (await this.#tryWrite(life, changes)) return true
        if (await this.#readAgain(life, () => changesSince(life.properties.changes(), changes))) return false
        throw this.#lose(life)
      })
    })
  }

  /** Writes what has changed, at the end of a request. A session that was ended elsewhere stays so. */
  commit(): Promise<void> {
    return this.#inTurn(async () => void (await this.#commit()))
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (updating.getStore() === this) return Promise.reject(nested())
    const turn = this.#lastTurn.then(work)
    this.#lastTurn = turn.catch(() => {})
    return turn
  }

  /** Tells whether the session is still there. */
  async #commit(): Promise<boolean> {
    await this.#deleteDead()
    const life = this.#life
    if (await this.#write(life)) return true
    this.#lose(life)
    return false
  }

  /** Carries out {@link end}. */
  async #deleteDead(): Promise<void> {
    for (let life = this.#dead[0]; life; life = this.#dead[0]) {
      if (life.row) {
        await this.#rows.delete(life.row.id)
        this.#tell({ kind: 'clear' })
      }
      this.#dead.shift()
    }
  }

  /** Goes on with a new session. */
  #begin(): void {
    this.#life = lifeOf(this.#rows, createId(this.#rows.options.idBytes))
  }

  /** If `change` throws, nothing of what it changed stays. */
  async #attempt(life: Life, change: () => unknown): Promise<void> {
    const before = life.row ? undefined : life.properties.copy()
    try {
      await updating.run(this, async () => change())
    } catch (error) {
      life.properties = before ?? new Properties(this.#rows.schema, life.row)
      throw error
    }
  }

  /** Writes until no other request is faster. Tells whether the session is still there. */
  async #write(life: Life): Promise<boolean> {
    let isThere = true
    await retry(async () => {
      if (await this.#tryWrite(life, life.properties.changes())) return true
      isThere = await this.#readAgain(life, () => life.properties.changes())
      return !isThere
    })
    return isThere
  }

  /** Tells whether the row was as it was read, and so has been written. */
  async #tryWrite(life: Life, changes: Changes): Promise<boolean> {
    const { row, nextId, properties } = life
    const hasChanged = changes.byName.size > 0
    if (!row) {
      if (!hasChanged) return true
      const created = await this.#rows.create(this.#rows.rowId(life.id), properties.text(), changes.columns)
      return this.#accept(life, created, changes)
    }
    const change = { ...changes, id: nextId === undefined ? undefined : this.#rows.rowId(nextId), renew: life.renew }
    if (hasChanged || nextId !== undefined) return this.#accept(life, await this.#rows.write(row, change), changes)
    if (!life.renew && !this.#rows.isRenewalDue(row)) return true
    return this.#accept(life, await this.#rows.renew(row), changes)
  }

  /** Takes the row as it was written, if it was, for what later changes start from. */
  #accept(life: Life, row: SessionRow | undefined, changes: Changes): boolean {
    if (!row) return false
    if (life.nextId !== undefined && row.id === this.#rows.rowId(life.nextId)) {
      life.id = life.nextId
      life.nextId = undefined
    }
    life.row = row
    life.renew = false
    life.properties.accept(changes)
    const maxAge = row.expires.getTime() - this.#rows.options.now()
    if (life === this.#life) this.#tell({ kind: 'set', id: life.id, maxAge })
    return true
  }

  /** Reads the row again, and makes the changes again on it. Tells whether it is still there. */
  async #readAgain(life: Life, changes?: () => Changes): Promise<boolean> {
    const fresh = await this.#rows.findAlive(this.#rows.rowId(life.id))
    if (!fresh) return false
    const { merge } = this.#rows.options
    life.properties = changes
      ? life.properties.replay(fresh, changes(), merge)
      : new Properties(this.#rows.schema, fresh)
    life.row = fresh
    return true
  }

  /** The session was ended elsewhere: what this request has changed goes with it. */
  #lose(life: Life): SessionError {
    if (life === this.#life) this.#begin()
    this.#tell({ kind: 'clear' })
    return gone()
  }
}
