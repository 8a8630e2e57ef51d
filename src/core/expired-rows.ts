import { setTimeout as sleep } from 'node:timers/promises'
import type { Events } from './events.js'
import type { Rows } from './rows.js'

/** How long the clean-up leaves what is expired, in milliseconds. */
const tracesStay = 15 * 60_000
/** The longest pause between two batches, in milliseconds. */
const longestPause = 1000
/** How many rows a batch has where there are no options for the clean-up. */
export const defaultBatch = 200

/** What the removal measures its batches and its pauses by. */
export interface BatchTime {
  /** Milliseconds, of a clock that nobody sets. */
  readonly now: () => number
  /** Ends early when the signal is aborted, without an error. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

const realTime: BatchTime = {
  now: () => performance.now(),
  pause: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => {}),
}

/** Removes expired rows, in batches, until it is stopped. */
export class ExpiredRows {
  readonly #rows: Rows
  readonly #events: Events
  readonly #time: BatchTime
  readonly #stopping = new AbortController()

  constructor(rows: Rows, events: Events, time: BatchTime = realTime) {
    this.#rows = rows
    this.#events = events
    this.#time = time
  }

  /** Removes what has been expired for `age` milliseconds, and tells how many rows there were. */
  async remove(age: number): Promise<number> {
    const { cleanup, now } = this.#rows.options
    const batch = cleanup?.batch ?? defaultBatch
    const until = new Date(now() - age)
    const { signal } = this.#stopping
    let total = 0
    while (!signal.aborted) {
      const begin = this.#time.now()
      const removed = await this.#rows.deleteExpired(until, batch, this.#rows.time.begin())
      total += removed
      if (removed < batch) break
      // Half of the time the database is left to the requests, whose statements would wait in line otherwise.
      await this.#time.pause(Math.min(this.#time.now() - begin, longestPause), signal)
    }
    if (total > 0) this.#events.emit('expired', null, { count: total })
    return total
  }

  /** The same for the clean-up, which leaves requests under way time to find the traces of replaced ids. */
  removeOld(): Promise<number> {
    return this.remove(tracesStay)
  }

  stop(): void {
    this.#stopping.abort()
  }
}
