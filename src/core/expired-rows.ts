import type { Events } from './events.js'
import type { Rows } from './rows.js'

/** How long the clean-up leaves what is expired, in milliseconds. */
const tracesStay = 15 * 60_000

/** Removes expired rows, in batches, until it is stopped. */
export class ExpiredRows {
  readonly #rows: Rows
  readonly #events: Events
  #isStopped = false

  constructor(rows: Rows, events: Events) {
    this.#rows = rows
    this.#events = events
  }

  /** Removes what has been expired for `age` milliseconds, and tells how many rows there were. */
  async remove(age: number): Promise<number> {
    const { cleanup, now } = this.#rows.options
    const batch = cleanup?.batch ?? 1000
    const until = new Date(now() - age)
    let total = 0
    let removed = batch
    while (removed === batch && !this.#isStopped) {
      removed = await this.#rows.deleteExpired(until, batch)
      total += removed
    }
    if (total > 0) this.#events.emit('expired', null, { count: total })
    return total
  }

  /** The same for the clean-up, which leaves requests under way time to find the traces of replaced ids. */
  removeOld(): Promise<number> {
    return this.remove(tracesStay)
  }

  stop(): void {
    this.#isStopped = true
  }
}
