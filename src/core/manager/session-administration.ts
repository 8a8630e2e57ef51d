import { checkWhere } from '../backend/row-filter.js'
import { managerClosed } from '../errors.js'
import { isLimit } from '../options/option-checks.js'
import { assertKnown } from '../options/unknown-options.js'
import type { SessionData } from '../session/session-types.js'
import type { Shared } from '../session/shared.js'
import { check } from '../validation.js'
import { everyOf } from '../watch/watch-options.js'
import type { SessionWatch, WatchOptions } from '../watch/watch-types.js'
import type { WatchedSession } from '../watch/watched-session.js'
import { Watches } from '../watch/watches.js'
import { ListedRow } from './listed-row.js'
import type { ListedSession, ListOptions, RevokeOptions, SessionWhere } from './manager-types.js'
import { followedRow, rowsOf, storedRowOf } from './row-lookup.js'

/** The methods of a manager for many sessions at once. */
export abstract class SessionAdministration<Columns extends object = object, Data extends object = SessionData> {
  readonly #shared: Shared
  readonly #watches: Watches
  #isClosed = false

  constructor(shared: Shared) {
    this.#shared = shared
    this.#watches = new Watches(shared)
  }

  /** Ends every session. Resolves to the number of removed rows, which includes forwarding rows and leases. */
  async deleteAll(): Promise<number> {
    this.assertOpen()
    return this.#revoked(await this.#shared.repository.removal.all(this.#shared.time.begin()), this.#watches.all)
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
    const watched = await this.#watches.matching(found, deadline)
    return this.#revoked(await this.#shared.ending.endMatching(found, spared, deadline, row), watched)
  }

  /**
   * Watches a stored session, such as that of a WebSocket: the signal of the watch is aborted once when the session has ended,
   * was revoked or has expired. That is at once if this process ends it, else at most `every` later. One statement reads up
   * to 128 watched sessions. A new id by `regenerate()` is followed. A failure of the database aborts nothing: it is the event
   * `error`, and is tried again. After `close()` no signal is aborted.
   *
   * @param session The session of a request such as `ctx.session`, or its id, as for `get()`.
   * @throws `SESSION_NOT_STORED` or `SESSION_GONE` if there is no such session in the database; `ID_INVALID`,
   * `OPTION_UNKNOWN`, `OPTION_INVALID`, and the codes of a failing database.
   * @example
   * ```ts
   * import type { IncomingMessage } from 'node:http'
   * import type { SessionManager } from 'koa-session-model'
   *
   * declare const manager: SessionManager
   *
   * export async function endOf(request: IncomingMessage): Promise<AbortSignal | undefined> {
   *   const session = await manager.fromRequest(request)
   *   return session && (await manager.watch(session)).signal
   * }
   * ```
   */
  async watch(session: object | string, options: WatchOptions = {}): Promise<SessionWatch> {
    this.assertOpen()
    const every = everyOf(options, this.#shared.options)
    const rowId = await storedRowOf(this.#shared, session)
    this.assertOpen()
    return this.#watches.begin(rowId, every, typeof session === 'object')
  }

  /** Refuses later calls. */
  close(): void {
    this.#isClosed = true
    this.#watches.close()
  }

  /** For the adapter of a web framework: throws `MANAGER_CLOSED` after {@link close}. */
  assertOpen(): void {
    if (this.#isClosed) throw managerClosed()
  }

  async #revoked(count: number, watched: readonly WatchedSession[]): Promise<number> {
    if (count === 0) return 0
    this.#shared.events.emit('destroyed', null, { count, reason: 'revoked' })
    await this.#watches.check(watched)
    return count
  }
}
