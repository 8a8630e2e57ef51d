import type { BackendClient } from '../backend/backend-client.js'
import type { LivingRows, RowFilter } from '../backend/session-backend.js'
import { decodeRow, type StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import type { ResolvedOptions } from '../options/options.js'

/** Counts the living sessions, and reads them in the order of their row ids. Forwarding rows and leases are none. */
export class LivingSessions {
  readonly #client: BackendClient
  readonly #options: ResolvedOptions

  constructor(client: BackendClient, options: ResolvedOptions) {
    this.#client = client
    this.#options = options
  }

  /** The number of sessions that match. */
  count(where: RowFilter, deadline: Deadline): Promise<number> {
    return this.#client.askSafely((backend, call) => backend.count(where, this.#living(), call), deadline)
  }

  /**
   * The first sessions that match, of those whose row ids are behind `after`. Fewer than `limit` are the last ones. Includes
   * sessions that cannot be read but count as living for the database.
   */
  async page(where: RowFilter, limit: number, after: string | null, deadline: Deadline): Promise<StoredRow[]> {
    const rows = await this.#client.askSafely(
      (backend, call) => backend.listById(where, { ...this.#living(), limit, after }, call),
      deadline,
    )
    return rows.map(decodeRow)
  }

  #living(): LivingRows {
    const { now, absoluteTimeout, backend } = this.#options
    const time = now()
    const isLimited = absoluteTimeout !== null && backend.capabilities.creationDates && absoluteTimeout < time
    return { now: new Date(time), createdAfter: isLimited ? new Date(time - absoluteTimeout) : null }
  }
}
