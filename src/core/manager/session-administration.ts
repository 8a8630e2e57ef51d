import { checkWhere } from '../backend/row-filter.js'
import type { RowFilter } from '../backend/session-backend.js'
import type { StoredRow } from '../codec/session-meta.js'
import { managerClosed } from '../errors.js'
import { isBatch, isLimit } from '../options/option-checks.js'
import { assertKnown } from '../options/unknown-options.js'
import type { SessionData } from '../session/session-types.js'
import type { Shared } from '../session/shared.js'
import { check, invalidOption, oneOf } from '../validation.js'
import { everyOf } from '../watch/watch-options.js'
import type { SessionWatch, WatchOptions } from '../watch/watch-types.js'
import type { WatchedSession } from '../watch/watched-session.js'
import { Watches } from '../watch/watches.js'
import { Cursors } from './cursors.js'
import { ListedRow } from './listed-row.js'
import type { IterateOptions, ListedSession, ListOptions, RevokeOptions, SessionWhere } from './manager-types.js'
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
   * Removes all expired rows, in batches. Resolves to their number, which includes forwarding rows and leases. Those stay for
   * the option `grace` and 45 seconds more, as requests and watches may need them. A row that the database refuses to remove is
   * left, and reported once by the event `error` or a warning.
   */
  async deleteExpired(): Promise<number> {
    this.assertOpen()
    return this.#shared.expired.remove(0)
  }

  /**
   * Lists the living sessions that match a condition, those that expire first in front; `{}` matches all. At most 1000, or
   * `limit`. To read more, list them by id and go on behind the last one, or use {@link iterate}.
   * @throws `WHERE_INVALID`, `OPTION_UNKNOWN`, `OPTION_INVALID` or `CURSOR_INVALID`.
   * @example
   * ```ts
   * import { type RegisteredModel, SessionManager } from 'koa-session-model'
   *
   * declare const Sessions: RegisteredModel<{ userId: number | null }>
   * declare const after: string | null // from the URL of this page
   *
   * const manager = new SessionManager({ model: Sessions, auditKey: process.env.SESSION_AUDIT_KEY })
   * const page = await manager.list({}, { order: 'id', limit: 50, after })
   * console.log(page.map(({ properties }) => properties.userId), 'the next page is after', page.at(-1)?.cursor)
   * ```
   */
  async list(where: SessionWhere<Columns>, options: ListOptions = {}): Promise<ListedSession<Columns, Data>[]> {
    this.assertOpen()
    assertKnown('list()', options, ['limit', 'order', 'after'])
    const { limit = 1000, order = 'expires', after = null } = options
    check('limit', limit, isLimit, 'a whole number from 1 to 100000')
    check('order', order, oneOf('expires', 'id'), "'expires' or 'id'")
    if (after !== null && order !== 'id') throw invalidOption('after', "given without order: 'id'", 'that too')
    const { repository, time } = this.#shared
    const [condition, cursors] = this.#condition(where)
    const rows =
      order === 'expires'
        ? repository.list(condition, limit, time.begin())
        : repository.living.page(condition, limit, positionIn(after, cursors), time.begin())
    return (await rows).map((row) => this.#listed(row, cursors))
  }

  /**
   * Reads all living sessions that match a condition, in batches in the order of the row ids; without a condition all. Holds
   * one batch in memory, and reads the next one when it is asked for. Each batch has its own time limit.
   *
   * Each session that lives from the beginning to the end comes once, even if requests renew it or write to it. A session that
   * begins in between may come or not. One that gets a new id by `regenerate()` in between changes its place: it may come
   * twice, or not at all. Unreadable sessions come too: reading their corrupt values throws, as in a list.
   *
   * Rejects like other methods if the database fails, and with `MANAGER_CLOSED` after `close()`. To continue after an
   * interruption, pass the last session's `cursor` as `after`.
   * @throws `WHERE_INVALID`, `OPTION_UNKNOWN`, `OPTION_INVALID` or `CURSOR_INVALID`.
   * @example
   * ```ts
   * import { type RegisteredModel, SessionManager } from 'koa-session-model'
   *
   * declare const Sessions: RegisteredModel<{ userId: number | null }>
   *
   * const manager = new SessionManager({ model: Sessions, cleanup: false })
   * for await (const { createdAt, properties } of manager.iterate({ userId: 42 })) {
   *   console.log(createdAt, properties)
   * }
   * ```
   */
  iterate(
    where: SessionWhere<Columns> = {},
    options: IterateOptions = {},
  ): AsyncGenerator<ListedSession<Columns, Data>, void, undefined> {
    this.assertOpen()
    assertKnown('iterate()', options, ['batch', 'after'])
    const { batch = 500, after = null } = options
    check('batch', batch, isBatch, 'a whole number from 1 to 10000')
    const [condition, cursors] = this.#condition(where)
    return this.#iterate(condition, cursors, batch, positionIn(after, cursors))
  }

  async *#iterate(
    condition: RowFilter,
    cursors: Cursors,
    batch: number,
    first: string | null,
  ): AsyncGenerator<ListedSession<Columns, Data>, void, undefined> {
    const { repository, time } = this.#shared
    for (let after: string | null | undefined = first; after !== undefined; ) {
      this.assertOpen()
      const rows: StoredRow[] = await repository.living.page(condition, batch, after, time.begin())
      for (const row of rows) yield this.#listed(row, cursors)
      after = rows.length < batch ? undefined : rows.at(-1)?.id
    }
  }

  /**
   * Counts the living sessions that match a condition, in one statement; without a condition all. Forwarding rows and leases
   * are no sessions. A number of a million sessions takes the database a moment: see docs/manager.md.
   * @throws `WHERE_INVALID`.
   * @example
   * ```ts
   * import { type RegisteredModel, SessionManager } from 'koa-session-model'
   *
   * declare const Sessions: RegisteredModel<{ userId: number | null }>
   *
   * const manager = new SessionManager({ model: Sessions })
   * console.log(await manager.count(), 'sessions, of user 42:', await manager.count({ userId: 42 }))
   * ```
   */
  async count(where: SessionWhere<Columns> = {}): Promise<number> {
    this.assertOpen()
    const { repository, time } = this.#shared
    return repository.living.count(this.#condition(where)[0], time.begin())
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
    return this.#revoked(await this.#shared.ending.endMatching(found, spared, deadline, row), watched, row?.id)
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

  #condition(where: unknown): [RowFilter, Cursors] {
    const { repository, options } = this.#shared
    const condition = checkWhere(where, repository.schema.columns, true)
    return [condition, new Cursors(options, condition)]
  }

  #listed(row: StoredRow, cursors: Cursors): ListedSession<Columns, Data> {
    return new ListedRow<Columns, Data>(row, this.#shared.repository.schema, cursors)
  }

  /** Reports ended sessions, and looks at the watched ones among them. `rowId` is the row of the only one. */
  async #revoked(count: number, watched: readonly WatchedSession[], rowId: string | null = null): Promise<number> {
    if (count === 0) return 0
    this.#shared.events.emit('destroyed', rowId, { count, reason: 'revoked' })
    await this.#watches.check(watched)
    return count
  }
}

function positionIn(after: string | null, cursors: Cursors): string | null {
  return after === null ? null : cursors.rowIdIn(after)
}
