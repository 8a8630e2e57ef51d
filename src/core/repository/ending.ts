import type { RowFilter } from '../backend/session-backend.js'
import { movedRowId } from '../codec/id.js'
import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import type { EndReason } from '../events.js'
import { isTraced, trace } from '../tracing.js'
import { forwardingIdsOf } from './former-ids.js'
import type { ForwardingSweep } from './forwarding-sweep.js'
import type { RotatedIds } from './rotated-ids.js'
import type { SessionRepository } from './session-repository.js'

/** The most sessions ending together whose forwarding rows are removed with them. The sweep removes those of the others. */
const mostLookedAt = 100

/** Ends sessions together with the forwarding rows of the ids that they had lately. */
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
   * Ends the session that has or had this row, and reports it by the event `destroyed`. Resolves to the number of ended
   * sessions: one or none. The forwarding rows are those that the row names. `read` is the row, if it was read already; if
   * not, it is read only with `hashIds: false`.
   */
  end(rowId: string, reason: EndReason, deadline: Deadline, read?: StoredRow): Promise<number> {
    const end = (): Promise<number> => this.#end(rowId, reason, deadline, read)
    return isTraced('commit') ? this.#traced(rowId, end) : end()
  }

  #traced(rowId: string, end: () => Promise<number>): Promise<number> {
    const { options, events } = this.#repository
    return trace('commit', { key: options.key, session: events.nameOf(rowId) }, async (message) => {
      const count = await end()
      message.outcome = count > 0 ? 'destroyed' : 'gone'
      return count
    })
  }

  async #end(rowId: string, reason: EndReason, deadline: Deadline, read?: StoredRow): Promise<number> {
    const row = read ?? (this.#repository.options.hashIds ? undefined : await this.#repository.findOne(rowId, deadline))
    const count = await this.#repository.delete(rowId, deadline)
    if (count === 0) return this.#endSuccessor(rowId, reason, deadline)
    this.#repository.events.emit('destroyed', rowId, { count, reason })
    this.#repository.watcher?.ended(rowId, reason)
    if (row) await this.#removeTraces([row], deadline)
    return count
  }

  async #endSuccessor(rowId: string, reason: EndReason, deadline: Deadline): Promise<number> {
    const replaced = await this.#rotatedIds.successorOf(rowId, deadline)
    for (const successor of [replaced, movedRowId(rowId, this.#repository.options.hashIds)]) {
      if (successor === undefined) continue
      const count = await this.#end(successor, reason, deadline, await this.#repository.findOne(successor, deadline))
      if (count > 0) return count
    }
    return 0
  }

  /**
   * Ends the sessions that match. Resolves to their number. Their forwarding rows are removed too if this process has left
   * some lately, or if `read` is the only session that matches.
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

  /** Removes forwarding rows of sessions that have ended. A failure does no harm: the sweep removes the rest. */
  async #removeTraces(ended: readonly StoredRow[], deadline: Deadline): Promise<void> {
    const { removal, options } = this.#repository
    const ids = ended.flatMap((row) => forwardingIdsOf(row, options))
    if (ids.length > 0) await removal.forwardingRows(ids, deadline)
  }
}
