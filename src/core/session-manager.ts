import { parseCookie } from 'cookie'
import type { RowFilterValue, SessionRow } from './backend.js'
import { check, isLimit } from './checks.js'
import { Cleanup } from './cleanup.js'
import { SessionError } from './errors.js'
import { createId, isWellFormedId } from './id.js'
import { type ResolvedOptions, resolveOptions, type SessionOptions } from './options.js'
import { Properties } from './properties.js'
import { retry } from './retry.js'
import { Rows } from './rows.js'
import { type CookieChange, Session } from './session.js'
import { type SessionData, type SessionProperties, type SessionView, viewOf } from './session-view.js'
import { checkWhere } from './where.js'

/** A condition on the custom columns of the model, or on `id` as {@link ListedSession} has it. */
export type SessionWhere<Columns extends object = object> = { readonly id?: string } & {
  readonly [Name in keyof Columns]?: Extract<Columns[Name], RowFilterValue>
}

/** A session as {@link SessionManager.list} shows it. */
export interface ListedSession<Columns extends object = object, Data extends object = SessionData> {
  /** What the row is found by. With `hashIds` it is no secret: it does not open the session. */
  readonly id: string
  readonly createdAt: Date | null
  readonly expires: Date
  readonly properties: SessionProperties<Columns, Data>
}

/** What {@link SessionManager.fromRequest} needs of a request: Node's `IncomingMessage` fits. */
export interface RequestWithCookie {
  readonly headers: { readonly cookie?: string | undefined }
}

/** How far {@link SessionManager.list} goes. */
export interface ListOptions {
  /** The most sessions that are returned, those that expire first. Default 1000. */
  readonly limit?: number
}

/**
 * The policy of one kind of sessions: how long they live, what their ids are, where they are kept. The middleware
 * makes one from its options; make one yourself to share it, or to reach sessions outside of a request.
 *
 * @example
 * ```ts
 * import { type RegisteredModel, SessionManager } from 'koa-session-model'
 *
 * declare const Sessions: RegisteredModel<{ userId: number | null }>
 *
 * const manager = new SessionManager({ model: Sessions, maxAge: '30d' })
 * await manager.revoke({ userId: 42 }) // log a user out everywhere
 * manager.close()
 * ```
 */
export class SessionManager<Columns extends object = object, Data extends object = SessionData> {
  /** The options, complete. */
  readonly options: ResolvedOptions<Columns>
  readonly #rows: Rows
  readonly #cleanup: Cleanup | undefined
  #closed = false

  /** Throws a `SessionError` if an option is unknown, invalid or contradicts another. */
  constructor(options: SessionOptions<Columns>) {
    this.options = resolveOptions(options)
    this.#rows = new Rows(this.options)
    const { cleanup } = this.options
    this.#cleanup = cleanup ? new Cleanup(cleanup.interval, () => this.deleteExpired()) : undefined
  }

  /**
   * For a web framework's adapter: the session of a request that came with the cookie `id`: the stored one if it is alive, else a new one with an id
   * of its own. An id that is not in the database is never adopted. `tell` hears what must become of the cookie.
   */
  async open(id: string | undefined, tell?: (change: CookieChange) => void): Promise<Session> {
    this.#refuseClosed()
    const row = id === undefined ? undefined : await this.#rows.findAlive(this.#rows.rowId(id))
    if (row && id !== undefined) return new Session(this.#rows, id, row, tell)
    return new Session(this.#rows, createId(this.options.idBytes), undefined, tell)
  }

  /**
   * The session of a bare request, such as the upgrade to a WebSocket: what its cookie opens, or `undefined`. Nothing is
   * written at the end of such a request: call `save()` or `update()`.
   */
  async fromRequest(request: RequestWithCookie): Promise<SessionView<Columns, Data> | undefined> {
    const id = parseCookie(request.headers.cookie ?? '')[this.options.key]
    const session = isWellFormedId(id) ? await this.open(id) : undefined
    return session && !session.isNew ? viewOf(session) : undefined
  }

  /** What the row of the session `id` is found by: what {@link list} shows as `id`. */
  rowId(id: string): string {
    return this.#rows.rowId(id)
  }

  /** The properties of the session `id`, or `undefined`. Renews it as a request would. */
  async get(id: string): Promise<SessionProperties<Columns, Data> | undefined> {
    refuseInvalidId(id)
    const session = await this.open(id)
    if (session.isNew) return undefined
    await session.commit()
    return session.isNew ? undefined : (session.properties.toObject() as SessionProperties<Columns, Data>)
  }

  /**
   * Makes `properties` the only ones of the session `id`, and resets its expiry. A session that does not exist is
   * created with this id.
   */
  async set(id: string, properties: Partial<SessionProperties<Columns, Data>>): Promise<void> {
    this.#refuseClosed()
    refuseInvalidId(id)
    const rowId = this.#rows.rowId(id)
    await retry(async () => {
      const row = await this.#rows.find(rowId)
      if (row && this.#rows.isAlive(row)) return this.#replace(new Session(this.#rows, id, row), properties)
      if (row) await this.#rows.delete(rowId)
      return this.#create(rowId, properties)
    })
  }

  /** Tells `false` if the session was ended meanwhile. */
  async #replace(session: Session, properties: Record<string, unknown>): Promise<boolean> {
    try {
      await session.update(() => {
        session.touch()
        session.properties.replace(properties)
      })
      return true
    } catch (error) {
      if (error instanceof SessionError && error.code === 'SESSION_GONE') return false
      throw error
    }
  }

  /** Tells `false` if another process has created the session meanwhile. */
  async #create(rowId: string, properties: Record<string, unknown>): Promise<boolean> {
    const content = new Properties(this.#rows.schema)
    content.replace(properties)
    const { columns } = content.changes()
    try {
      await this.#rows.create(rowId, content.text(), columns)
      return true
    } catch (error) {
      const isTaken = error instanceof SessionError && error.code === 'BACKEND_FAILED'
      if (isTaken && (await this.#rows.find(rowId))) return false
      throw error
    }
  }

  /** Ends the session `id`. It is no error if there is none. */
  async delete(id: string): Promise<void> {
    this.#refuseClosed()
    refuseInvalidId(id)
    await this.#rows.delete(this.#rows.rowId(id))
  }

  /** Ends every session, and tells how many there were. */
  async deleteAll(): Promise<number> {
    this.#refuseClosed()
    return this.#rows.deleteAll()
  }

  /** Removes the rows of all expired sessions, in batches, and tells how many there were. */
  async deleteExpired(): Promise<number> {
    this.#refuseClosed()
    const batch = this.options.cleanup?.batch ?? 1000
    let total = 0
    let deleted = batch
    while (deleted === batch && !this.#closed) {
      deleted = await this.#rows.deleteExpired(batch)
      total += deleted
    }
    return total
  }

  /** The living sessions whose columns have these values, the one that expires first at the front. */
  async list(
    where: SessionWhere<Columns>,
    { limit = 1000 }: ListOptions = {},
  ): Promise<ListedSession<Columns, Data>[]> {
    this.#refuseClosed()
    check('limit', limit, isLimit, 'a whole number from 1 to 100000')
    const rows = await this.#rows.list(checkWhere(where, this.#rows.schema.columns), limit)
    return rows.map((row) => this.#listed(row))
  }

  /** Parses the data only if it is asked for, so that one corrupt row does not hide the others. */
  #listed(row: SessionRow): ListedSession<Columns, Data> {
    const properties = new Properties(this.#rows.schema, row)
    return {
      id: row.id,
      createdAt: row.createdAt,
      expires: row.expires,
      get properties() {
        return properties.toObject() as SessionProperties<Columns, Data>
      },
    }
  }

  /** Ends the sessions whose columns have these values, and tells how many there were. */
  async revoke(where: SessionWhere<Columns>): Promise<number> {
    this.#refuseClosed()
    return this.#rows.deleteWhere(checkWhere(where, this.#rows.schema.columns))
  }

  /** Stops the clean-up, and refuses later calls. The connection to the database is yours, and stays open. */
  close(): void {
    this.#closed = true
    this.#cleanup?.stop()
  }

  #refuseClosed(): void {
    if (!this.#closed) return
    throw new SessionError(
      'MANAGER_CLOSED',
      'The session manager is closed. Call close() after the last request, not before.',
    )
  }
}

function refuseInvalidId(id: unknown): void {
  if (typeof id === 'string' && id !== '') return
  throw new SessionError(
    'ID_INVALID',
    'A session id is a string that is not empty. Pass the id that the session was stored under.',
  )
}
