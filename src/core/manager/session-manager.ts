import { isWellFormedId } from '../codec/id.js'
import type { SessionEvents, SessionListener } from '../events.js'
import { assertShape } from '../options/assert-shape.js'
import type { ResolvedOptions, SessionOptions } from '../options/options.js'
import { resolveOptions } from '../options/resolve-options.js'
import { type CookieSink, noCookie } from '../session/cookie-sink.js'
import { Session } from '../session/session.js'
import type { SessionData, SessionProperties, SessionView } from '../session/session-types.js'
import { viewOf } from '../session/session-view.js'
import { type Shared, share } from '../session/shared.js'
import { carriedValue } from './carried-id.js'
import { Cleanup } from './cleanup.js'
import { createSession } from './created-session.js'
import type { BareRequestOptions, CreatedSession, CreateOptions, RequestWithCookie } from './manager-types.js'
import { letOpen, openSession } from './open-session.js'
import { PlainStore } from './plain-store.js'
import { OpenRequestSession, type RequestSession } from './request-session.js'
import { behind } from './row-lookup.js'
import { SessionAdministration } from './session-administration.js'
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
export class SessionManager<
  Columns extends object = object,
  Data extends object = SessionData,
> extends SessionAdministration<Columns, Data> {
  /** The options with their defaults, frozen. */
  readonly options: ResolvedOptions<Columns>
  readonly #shared: Shared
  readonly #store: PlainStore
  readonly #cleanup: Cleanup | undefined

  /** @throws `OPTION_UNKNOWN`, `OPTION_INVALID`, `MODEL_NOT_REGISTERED` or `ID_TOO_LONG`. All options are checked here, none later. */
  constructor(options: SessionOptions<Columns>) {
    assertShape('new SessionManager', options)
    const resolved = resolveOptions(options)
    const shared = share(resolved)
    super(shared)
    this.options = resolved
    this.#shared = shared
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
   * `cookie` hears what to do with the cookie of the response; without it, no cookie is sent. With `isOld`, `id` is that of
   * an old row, from `readOldCookie()`.
   */
  openRequest(id?: string, cookie?: CookieSink, isOld = false): RequestSession<Columns, Data> {
    this.assertOpen()
    return new OpenRequestSession<Columns, Data>(new Session(this.#shared, id, cookie, isOld))
  }

  /** For the adapter of a web framework: emits `rejected` for a value that cannot be an id of this package. */
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
   * Reads the session of a bare request, such as the upgrade to a WebSocket, from its cookie or by the option `transport`.
   * Resolves to `undefined` if there is none. Store changes by `save()` or `update()`, since there is no commit at the end. No
   * cookie can be sent, so `regenerate()` fails. Behind a proxy that ends TLS, pass `secure`: without it, a cookie without the
   * prefix opens a session too.
   * @throws `TRANSPORT_CONFLICT` if the request carries two different ids.
   */
  async fromRequest(
    request: RequestWithCookie,
    { secure }: BareRequestOptions = {},
  ): Promise<SessionView<Columns, Data> | undefined> {
    const id = carriedValue(request, this.options, secure)
    if (!id) return undefined
    if (!isWellFormedId(id)) return void this.reportMalformed()
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

  /** Stops all background work and refuses later calls. The connection to the database stays open. */
  override close(): void {
    super.close()
    this.#cleanup?.stop()
    this.#shared.sweep.stop()
    this.#shared.expired.stop()
  }
}
