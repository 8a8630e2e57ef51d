import { checkWhere } from '../backend/row-filter.js'
import { isWellFormedId } from '../codec/id.js'
import { managerClosed } from '../errors.js'
import type { SessionEvents, SessionListener } from '../events.js'
import { assertShape } from '../options/assert-shape.js'
import { isLimit } from '../options/option-checks.js'
import type { ResolvedOptions, SessionOptions } from '../options/options.js'
import { resolveOptions } from '../options/resolve-options.js'
import { assertKnown } from '../options/unknown-options.js'
import { type CookieSink, noCookie } from '../session/cookie-sink.js'
import { Session } from '../session/session.js'
import type { SessionData, SessionProperties, SessionView } from '../session/session-types.js'
import { viewOf } from '../session/session-view.js'
import { type Shared, share } from '../session/shared.js'
import { check } from '../validation.js'
import { Cleanup } from './cleanup.js'
import { createSession } from './created-session.js'
import { ListedRow } from './listed-row.js'
import type {
  BareRequestOptions,
  CreatedSession,
  CreateOptions,
  ListedSession,
  ListOptions,
  RequestWithCookie,
  RevokeOptions,
  SessionWhere,
} from './manager-types.js'
import { letOpen, openSession } from './open-session.js'
import { PlainStore } from './plain-store.js'
import { cookieOf } from './request-cookie.js'
import { OpenRequestSession, type RequestSession } from './request-session.js'
import { behind, followedRow, rowsOf } from './row-lookup.js'
import type { SessionStore } from './session-store.js'

/**
 * Manages the sessions of one table with one set of options. The middleware makes a manager from its options; make one
 * yourself to share it, or to reach sessions outside of a request. Methods reject with `MANAGER_CLOSED` after `close()`, and
 * with `BACKEND_FAILED`, `BACKEND_TIMEOUT` or `CONFLICT` if the database fails.
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
  /** The options with their defaults, frozen. */
  readonly options: ResolvedOptions<Columns>
  readonly #shared: Shared
  readonly #store: PlainStore
  readonly #cleanup: Cleanup | undefined
  #closed = false

  /** @throws `OPTION_UNKNOWN`, `OPTION_INVALID`, `MODEL_NOT_REGISTERED` or `ID_TOO_LONG`. All options are checked here, none later. */
  constructor(options: SessionOptions<Columns>) {
    assertShape('new SessionManager', options)
    this.options = resolveOptions(options)
    this.#shared = share(this.options)
    letOpen(this, this.#shared)
    this.#store = new PlainStore(this.#shared, () => this.assertOpen())
    const { expired, events } = this.#shared
    const { cleanup } = this.options
    const sweep = (): Promise<number> => expired.removeOld()
    this.#cleanup = cleanup
      ? new Cleanup(cleanup.interval, sweep, (error: unknown) => events.warnUnheard(error))
      : undefined
  }

  /** Calls `listener` for every event of this name. An error that it throws or rejects with becomes a warning. */
  on<Name extends keyof SessionEvents>(name: Name, listener: SessionListener<Name>): this {
    this.#shared.events.on(name, listener)
    return this
  }

  /** Removes a listener. */
  off<Name extends keyof SessionEvents>(name: Name, listener: SessionListener<Name>): this {
    this.#shared.events.off(name, listener)
    return this
  }

  /**
   * For the adapter of a web framework: opens the session of a request that came with the cookie `id`. Once loaded it is the
   * stored session if that is alive, else a new one with a new id: an id that is not in the database is never adopted.
   * `cookie` is told what to do with the cookie of the response; without it, no cookie is sent. With `isOld`, `id` is that of
   * an old row, from `readOldCookie()`.
   */
  openRequest(id?: string, cookie?: CookieSink, isOld = false): RequestSession<Columns, Data> {
    this.assertOpen()
    return new OpenRequestSession<Columns, Data>(new Session(this.#shared, id, cookie, isOld))
  }

  /** For the adapter of a web framework: emits `rejected` for a cookie that cannot be an id of this package. */
  reportMalformed(): void {
    this.#shared.events.emit('rejected', null, { reason: 'malformed' })
  }

  /** For the adapter of a host that keeps ids and cookies itself: sessions by id. */
  get store(): SessionStore<Columns, Data> {
    return this.#store as SessionStore<object, object> as SessionStore<Columns, Data>
  }

  /** The name of a session such as `ctx.session` in events, for your own logs. Throws `OPTION_INVALID` for other objects. */
  nameOf(session: object): string {
    return this.#shared.events.nameOf(behind(session).state.rowId)
  }

  /**
   * The session that the cookie of a bare request opens, such as the upgrade to a WebSocket; `undefined` if there is none.
   * Changes are not written by themselves: call `save()` or `update()`. No cookie can be sent, so `regenerate()` fails.
   * Behind a proxy that ends TLS pass `secure`: without it a cookie without the prefix opens a session too.
   */
  async fromRequest(
    request: RequestWithCookie,
    { secure }: BareRequestOptions = {},
  ): Promise<SessionView<Columns, Data> | undefined> {
    const id = cookieOf(request, this.options, secure)
    if (!isWellFormedId(id)) return undefined
    this.assertOpen()
    const session = await openSession(this, id, noCookie)
    return session.isNew ? undefined : viewOf(session)
  }

  /** The id of the row of the session `id`, which {@link list} shows as `id`. */
  rowId(id: string): string {
    return this.#shared.repository.rowId(id)
  }

  /**
   * The properties of the session `id`, or `undefined` if there is none. Renews the session as a request would.
   * @throws `ID_INVALID`, and `DATA_CORRUPT` or `KEY_UNKNOWN` for a row that cannot be read.
   */
  async get(id: string): Promise<SessionProperties<Columns, Data> | undefined> {
    return (await this.#store.get(id)) as SessionProperties<Columns, Data> | undefined
  }

  /**
   * Stores a new session and returns it with its id and cookie: for tests, scripts, "log in as" and tokens.
   * @throws `OPTION_UNKNOWN`, `OPTION_INVALID`, `NAME_RESERVED`, `DATA_NOT_SERIALIZABLE`, `DATA_TOO_LARGE` or `SESSION_LIMIT`.
   * @example
   * ```ts
   * import { MemorySessionBackend, SessionManager } from 'koa-session-model'
   *
   * const manager = new SessionManager({ backend: new MemorySessionBackend({ userId: null as number | null }) })
   * const { id, cookie } = await manager.create({ userId: 42 })
   * console.log((await manager.get(id))?.userId, { headers: { Cookie: cookie } })
   * manager.close()
   * ```
   */
  async create(
    properties: Partial<SessionProperties<Columns, Data>> = {},
    options: CreateOptions = {},
  ): Promise<CreatedSession<Columns, Data>> {
    this.assertOpen()
    return createSession(this.#shared, properties, options)
  }

  /**
   * Replaces all properties of the session `id` and renews it. Creates the session if there is none: `id` may be any text,
   * but a cookie opens it only if it looks like an id of {@link create}.
   * @throws `ID_INVALID`, and the codes of {@link create} for its properties.
   */
  async set(id: string, properties: Partial<SessionProperties<Columns, Data>>): Promise<void> {
    await this.#store.set(id, properties)
  }

  /** Ends the session `id`, if there is one. Rejects with `ID_INVALID` for an empty id. */
  async delete(id: string): Promise<void> {
    await this.#store.delete(id)
  }

  /** Ends every session. Resolves to the number of removed rows, which includes forwarding rows and leases. */
  async deleteAll(): Promise<number> {
    this.assertOpen()
    return this.#revoked(await this.#shared.repository.removal.all(this.#shared.time.begin()))
  }

  /**
   * Removes all expired rows, in batches. Resolves to their number, which includes forwarding rows and leases. A row that the
   * database refuses to remove is left, and reported once by the event `error` or a warning.
   */
  async deleteExpired(): Promise<number> {
    this.assertOpen()
    return this.#shared.expired.remove(0)
  }

  /**
   * Lists the living sessions that match a condition, those that expire first in front.
   * @throws `WHERE_INVALID`, `OPTION_UNKNOWN` or `OPTION_INVALID`.
   */
  async list(where: SessionWhere<Columns>, options: ListOptions = {}): Promise<ListedSession<Columns, Data>[]> {
    this.assertOpen()
    assertKnown('list()', options, ['limit'])
    const { limit = 1000 } = options
    check('limit', limit, isLimit, 'a whole number from 1 to 100000')
    const { repository, time } = this.#shared
    const listed = await repository.list(checkWhere(where, repository.schema.columns), limit, time.begin())
    return listed.map((row) => new ListedRow<Columns, Data>(row, repository.schema))
  }

  /**
   * Ends the sessions that match a condition, and resolves to their number.
   * @throws `WHERE_INVALID`, `OPTION_UNKNOWN` or `OPTION_INVALID`.
   * @example
   * ```ts
   * import { type RegisteredModel, type SessionContext, SessionManager } from 'koa-session-model'
   *
   * declare const Sessions: RegisteredModel<{ userId: number | null }>
   * declare const ctx: SessionContext<typeof Sessions>
   *
   * const manager = new SessionManager({ model: Sessions })
   * await manager.revoke({ userId: 42 }, { except: ctx.session }) // log out everywhere else
   * ```
   */
  async revoke(where: SessionWhere<Columns>, options: RevokeOptions = {}): Promise<number> {
    this.assertOpen()
    assertKnown('revoke()', options, ['except'])
    const { except } = options
    const { repository, time } = this.#shared
    const deadline = time.begin()
    const condition = checkWhere(where, repository.schema.columns)
    const row = await followedRow(this.#shared, condition, deadline)
    const spared = except === undefined ? [] : await rowsOf(this.#shared, except, deadline)
    const found = row ? { ...condition, id: row.id } : condition
    return this.#revoked(await this.#shared.ending.endMatching(found, spared, deadline, row))
  }

  /** Stops all background work and refuses later calls. The connection to the database stays open. */
  close(): void {
    this.#closed = true
    this.#cleanup?.stop()
    this.#shared.sweep.stop()
    this.#shared.expired.stop()
  }

  #revoked(count: number): number {
    if (count > 0) this.#shared.events.emit('destroyed', null, { count, reason: 'revoked' })
    return count
  }

  /** For the adapter of a web framework: throws `MANAGER_CLOSED` after {@link close}. */
  assertOpen(): void {
    if (this.#closed) throw managerClosed()
  }
}
