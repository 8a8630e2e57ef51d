import { checkWhere } from '../backend/row-filter.js'
import { managerClosed } from '../errors.js'
import { isLimit } from '../options/option-checks.js'
import { assertKnown } from '../options/unknown-options.js'
import type { SessionData } from '../session/session-types.js'
import type { Shared } from '../session/shared.js'
import { check } from '../validation.js'
import { ListedRow } from './listed-row.js'
import type { ListedSession, ListOptions, RevokeOptions, SessionWhere } from './manager-types.js'
import { followedRow, rowsOf } from './row-lookup.js'

/** The methods of a manager for many sessions at once. */
export abstract class SessionAdministration<Columns extends object = object, Data extends object = SessionData> {
  readonly #shared: Shared
  #isClosed = false

  constructor(shared: Shared) {
    this.#shared = shared
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
    return this.#revoked(await this.#shared.ending.endMatching(found, spared, deadline, row), row?.id)
  }

  /** Refuses later calls. */
  close(): void {
    this.#isClosed = true
  }

  /** For the adapter of a web framework: throws `MANAGER_CLOSED` after {@link close}. */
  assertOpen(): void {
    if (this.#isClosed) throw managerClosed()
  }

  /** Reports ended sessions. `rowId` is the row of the only one. */
  #revoked(count: number, rowId: string | null = null): number {
    if (count > 0) this.#shared.events.emit('destroyed', rowId, { count, reason: 'revoked' })
    return count
  }
}
