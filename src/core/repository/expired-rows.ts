import { setTimeout as sleep } from 'node:timers/promises'
import { unreadable } from '../errors.js'
import type { Events } from '../events.js'
import { defaultCleanup } from '../options/options.js'
import { ExpiredBatches, LeftRows } from './expired-batches.js'
import { isMarkerId } from './former-ids.js'
import { RefusedRows } from './refused-rows.js'
import type { SessionRepository } from './session-repository.js'

/** How long the clean-up leaves what is expired, in milliseconds: longer than any grace, that of other processes too. */
const cleanUpAfter = 15 * 60_000
/** The longest pause between two batches, in milliseconds. */
const longestPause = 1000
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
  readonly #repository: SessionRepository
  readonly #events: Events
  readonly #time: BatchTime
  readonly #stopping = new AbortController()
  readonly #refused: RefusedRows
  /** Where the last removal had to stop, since so much was refused. */
  #left = new LeftRows()
  #hasToldOfUnreadable = false

  constructor(repository: SessionRepository, events: Events, time: BatchTime = realTime) {
    this.#refused = new RefusedRows(events)
    this.#repository = repository
    this.#events = events
    this.#time = time
  }

  /**
   * Removes what has been expired for `age` milliseconds, and tells how many rows there were. Rows that the database refuses
   * to remove are left, and are told of once.
   */
  async remove(age: number): Promise<number> {
    const batches = new ExpiredBatches(this.#repository, this.#refused, this.#momentBefore(age), this.#left)
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
      // Half of the time the database is left to the requests, whose statements would wait in line otherwise.
      await this.#time.pause(Math.min(this.#time.now() - begin, longestPause), signal)
    }
  }

  #momentBefore(age: number): Date {
    return new Date(this.#repository.options.now() - age)
  }

  /** Such rows are never removed, and each request that comes with one fails. */
  async #tellOfUnreadable(): Promise<void> {
    if (this.#hasToldOfUnreadable || !(await this.#repository.removal.hasUnreadable())) return
    this.#hasToldOfUnreadable = true
    this.#events.tell(null, unreadable('expires'))
  }

  /** Removes expired rows for the clean-up, which leaves requests under way time to find the forwarding rows of rotated ids. */
  removeOld(): Promise<number> {
    return this.remove(cleanUpAfter)
  }

  /** Removes the forwarding rows of ids that were replaced between two moments, and nothing else. */
  async removeTraces(from: Date, until: Date): Promise<void> {
    await this.#removeAll(new ExpiredBatches(this.#repository, this.#refused, until, new LeftRows(from), isMarkerId))
  }

  stop(): void {
    this.#stopping.abort()
  }
}
