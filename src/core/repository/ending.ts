import type { RowFilter } from '../backend/session-backend.js'
import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { forwardingIdsOf } from './former-ids.js'
import type { ForwardingSweep } from './forwarding-sweep.js'
import type { RotatedIds } from './rotated-ids.js'
import type { SessionRepository } from './session-repository.js'

/** The forwarding rows of so many sessions that end together are looked for. Those of others are removed by the sweep. */
const mostLookedAt = 100

/** Ends sessions, with the forwarding rows of the ids that they had lately. */
export class Ending {
  readonly #repository: SessionRepository
  readonly #rotatedIds: RotatedIds
  readonly #sweep: ForwardingSweep

  constructor(repository: SessionRepository, rotatedIds: RotatedIds, sweep: ForwardingSweep) {
    this.#repository = repository
    this.#rotatedIds = rotatedIds
    this.#sweep = sweep
  }

  /**
   * Ends the session that has this row, or once had it, and tells how many there were: one or none. The row names its forwarding rows: as it
   * was `read`, if it was. With `hashIds: false` it is read for that.
   */
  async end(rowId: string, deadline: Deadline, read?: StoredRow): Promise<number> {
    const row = read ?? (this.#repository.options.hashIds ? undefined : await this.#repository.findOne(rowId, deadline))
    const count = await this.#repository.delete(rowId, deadline)
    if (count === 0) return this.#endSuccessor(rowId, deadline)
    if (row) await this.#removeTraces([row], deadline)
    return count
  }

  async #endSuccessor(rowId: string, deadline: Deadline): Promise<number> {
    const successor = await this.#rotatedIds.successorOf(rowId, deadline)
    return successor === undefined
      ? 0
      : this.end(successor, deadline, await this.#repository.findOne(successor, deadline))
  }

  /**
   * Ends the sessions that match, and tells how many: with their forwarding rows, if this process has left some lately, or if the only
   * session that matches was `read`.
   */
  async endMatching(
    where: RowFilter,
    except: readonly string[],
    deadline: Deadline,
    read?: StoredRow,
  ): Promise<number> {
    const rows = read ? [read] : await this.#repositoryWithTraces(where, deadline)
    const count = await this.#repository.removal.matching(where, except, deadline)
    const ended = rows.filter(({ id }) => !except.includes(id))
    if (count > 0) await this.#removeTraces(ended, deadline)
    return count
  }

  async #repositoryWithTraces(where: RowFilter, deadline: Deadline): Promise<readonly StoredRow[]> {
    const mayBeThere = this.#sweep.isAwaited || !this.#repository.options.hashIds
    return mayBeThere ? this.#repository.listAll(where, mostLookedAt, deadline) : []
  }

  /** The sessions have ended, whether this succeeds or not. The sweep removes what stays. */
  async #removeTraces(ended: readonly StoredRow[], deadline: Deadline): Promise<void> {
    const { removal, options } = this.#repository
    const ids = ended.flatMap((row) => forwardingIdsOf(row, options))
    if (ids.length > 0) await removal.forwardingRows(ids, deadline)
  }
}
