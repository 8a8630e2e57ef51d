import { setTimeout as sleep } from 'node:timers/promises'
import type { ExpiredRow } from '../backend/session-backend.js'
import { unreadable } from '../errors.js'
import type { Events } from '../events.js'
import { defaultCleanup } from '../options/options.js'
import { isTraced, trace } from '../tracing.js'
import { ExpiredBatches, LeftRows } from './expired-batches.js'
import { forwardingSince, isFreshMarker, isMarkerId } from './former-ids.js'
import { RefusedRows } from './refused-rows.js'
import type { SessionRepository } from './session-repository.js'

/** The time that the clean-up leaves expired rows, in milliseconds: longer than any grace, in every process. */
const cleanUpAfter = 15 * 60_000
/** The longest pause between two batches, in milliseconds. */
const longestPause = 1000
/** The clock and the pauses of the removal. */
export interface BatchTime {
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  /** Waits. Ends early, without an error, when the signal is aborted. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

const realTime: BatchTime = {
  now: () => performance.now(),
  pause: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => {}),
}

/** Removes expired rows in batches, until it is stopped. */
export class ExpiredRows {
  readonly #repository: SessionRepository
  readonly #events: Events
  readonly #time: BatchTime
  readonly #stopping = new AbortController()
  readonly #refused: RefusedRows
  /** The position at which the last removal stopped because so many rows were refused. */
  #left = new LeftRows()
  #hasToldOfUnreadable = false

  constructor(repository: SessionRepository, events: Events, time: BatchTime = realTime) {
    this.#refused = new RefusedRows(events)
    this.#repository = repository
    this.#events = events
    this.#time = time
  }

  /**
   * Removes the rows that have been expired for `age` milliseconds, except forwarding rows that are still needed. Resolves to
   * their number. Rows that the database refuses to remove are left, and reported once.
   */
  remove(age: number): Promise<number> {
    const since = forwardingSince(this.#repository.options)
    const isWanted = (row: ExpiredRow): boolean => !isFreshMarker(row, since)
    const batches = new ExpiredBatches(this.#repository, this.#refused, this.#momentBefore(age), this.#left, isWanted)
    return isTraced('cleanup') ? this.#traced(batches) : this.#removeOnce(batches)
  }

  #traced(batches: ExpiredBatches): Promise<number> {
    return trace('cleanup', { key: this.#repository.options.key }, (message) =>
      this.#removeOnce(batches).finally(() => {
        message.removed = batches.removed
      }),
    )
  }

  async #removeOnce(batches: ExpiredBatches): Promise<number> {
    this.#left = new LeftRows()
    try {
      await this.#removeAll(batches)
      if (batches.isTooMuch) this.#left = batches.left
      await this.#tellOfUnreadable()
    } finally {
      if (batches.removed > 0) this.#events.emit('expired', null, { count: batches.removed })
    }
    return batches.removed
  }

  async #removeAll(batches: ExpiredBatches): Promise<void> {
    const size = this.#repository.options.cleanup?.batch ?? defaultCleanup.batch
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const begin = this.#time.now()
      const found = await batches.removeNext(size)
      if (found < size || batches.isTooMuch) break
      // Leaves the database to the requests half of the time: their statements would queue up otherwise.
      await this.#time.pause(Math.min(this.#time.now() - begin, longestPause), signal)
    }
  }

  #momentBefore(age: number): Date {
    return new Date(this.#repository.options.now() - age)
  }

  /** Reports, once, that rows have an unreadable expiry: they are never removed, and requests with such a session fail. */
  async #tellOfUnreadable(): Promise<void> {
    if (this.#hasToldOfUnreadable || !(await this.#repository.removal.hasUnreadable())) return
    this.#hasToldOfUnreadable = true
    this.#events.report(null, unreadable('expires'))
  }

  /** Removes expired rows for the clean-up. It leaves running requests the time to find the forwarding rows of rotated ids. */
  removeOld(): Promise<number> {
    return this.remove(cleanUpAfter)
  }

  /** Removes the forwarding rows of ids that were replaced between two moments, and no other rows. */
  async removeTraces(from: Date, until: Date): Promise<void> {
    const isMarker = ({ id }: ExpiredRow): boolean => isMarkerId(id)
    await this.#removeAll(new ExpiredBatches(this.#repository, this.#refused, until, new LeftRows(from), isMarker))
  }

  stop(): void {
    this.#stopping.abort()
  }
}
