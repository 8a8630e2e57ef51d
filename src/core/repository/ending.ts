import type { RowFilter } from '../backend/session-backend.js'
import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { formerTraces } from './former-ids.js'
import type { TraceSweep } from './forwarding-sweep.js'
import type { Traces } from './rotated-ids.js'
import type { Rows } from './session-repository.js'

/** The traces of so many sessions that end together are looked for. Those of others are removed by the sweep. */
const mostLookedAt = 100

/** Ends sessions, with the traces of the ids that they had lately. */
export class Ending {
  readonly #rows: Rows
  readonly #traces: Traces
  readonly #sweep: TraceSweep

  constructor(rows: Rows, traces: Traces, sweep: TraceSweep) {
    this.#rows = rows
    this.#traces = traces
    this.#sweep = sweep
  }

  /**
   * Ends the session that has this row, or once had it, and tells how many there were: one or none. The row names its traces: as it
   * was `read`, if it was. With `hashIds: false` it is read for that.
   */
  async end(rowId: string, deadline: Deadline, read?: StoredRow): Promise<number> {
    const row = read ?? (this.#rows.options.hashIds ? undefined : await this.#rows.findOne(rowId, deadline))
    const count = await this.#rows.delete(rowId, deadline)
    if (count === 0) return this.#endSuccessor(rowId, deadline)
    if (row) await this.#removeTraces([row], deadline)
    return count
  }

  async #endSuccessor(rowId: string, deadline: Deadline): Promise<number> {
    const successor = await this.#traces.successorOf(rowId, deadline)
    return successor === undefined ? 0 : this.end(successor, deadline, await this.#rows.findOne(successor, deadline))
  }

  /**
   * Ends the sessions that match, and tells how many: with their traces, if this process has left some lately, or if the only
   * session that matches was `read`.
   */
  async endMatching(
    where: RowFilter,
    except: readonly string[],
    deadline: Deadline,
    read?: StoredRow,
  ): Promise<number> {
    const rows = read ? [read] : await this.#rowsWithTraces(where, deadline)
    const count = await this.#rows.removal.matching(where, except, deadline)
    const ended = rows.filter(({ id }) => !except.includes(id))
    if (count > 0) await this.#removeTraces(ended, deadline)
    return count
  }

  async #rowsWithTraces(where: RowFilter, deadline: Deadline): Promise<readonly StoredRow[]> {
    const mayBeThere = this.#sweep.isAwaited || !this.#rows.options.hashIds
    return mayBeThere ? this.#rows.listAll(where, mostLookedAt, deadline) : []
  }

  /** The sessions have ended, whether this succeeds or not. The sweep removes what stays. */
  async #removeTraces(ended: readonly StoredRow[], deadline: Deadline): Promise<void> {
    const { removal, options } = this.#rows
    const ids = ended.flatMap((row) => formerTraces(row, options))
    if (ids.length > 0) await removal.traces(ids, deadline)
  }
}
