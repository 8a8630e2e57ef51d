import type { Events } from '../events.js'
import type { ResolvedOptions } from '../options/options.js'
import type { ExpiredRows } from './expired-rows.js'
import { forwardingStays } from './former-ids.js'

/** The shortest time between two sweeps, in milliseconds. */
const shortestInterval = 10_000
/** The time that the first sweep looks back for rows of processes that have ended, in milliseconds. */
const firstReach = 3_600_000

/** Calls `run` after so many milliseconds. Returns a function that cancels it. */
export type Alarm = (run: () => Promise<void>, milliseconds: number) => () => void

/** The timer of Node.js. It does not keep the process alive. */
export const realAlarm: Alarm = (run, milliseconds) => {
  const timer = setTimeout(() => void run(), milliseconds).unref()
  return () => clearTimeout(timer)
}

/**
 * Removes forwarding rows that are not needed any more, even if there is no clean-up. It runs only in processes that leave
 * forwarding rows, but removes those of other processes too. The timer does not keep the process alive.
 */
export class ForwardingSweep {
  readonly #options: ResolvedOptions
  readonly #expired: ExpiredRows
  readonly #events: Events
  readonly #alarm: Alarm
  #cancel: (() => void) | undefined
  /** When to remove the oldest forwarding row that was left since the last sweep. */
  #due = 0
  /** When the newest forwarding row was left. */
  #last = 0
  /** Forwarding rows from before this moment have been removed. */
  #from: number
  #isStopped = false

  constructor(options: ResolvedOptions, expired: ExpiredRows, events: Events, alarm: Alarm = realAlarm) {
    this.#options = options
    this.#expired = expired
    this.#events = events
    this.#alarm = alarm
    this.#from = options.now() - firstReach
  }

  /** Whether this process has left forwarding rows that may still exist. */
  get isAwaited(): boolean {
    return this.#cancel !== undefined
  }

  /** Notes that this process is about to leave a forwarding row. */
  await(): void {
    this.#last = this.#options.now()
    if (!this.#cancel) this.#wakeAt(this.#last + forwardingStays(this.#options))
  }

  stop(): void {
    this.#isStopped = true
    this.#cancel?.()
  }

  #wakeAt(due: number): void {
    if (this.#isStopped) return
    this.#due = due
    const wait = Math.max(due - this.#options.now(), shortestInterval)
    this.#cancel = this.#alarm(() => this.#run(), wait)
  }

  async #run(): Promise<void> {
    const now = this.#options.now()
    if (now < this.#due) return this.#wakeAt(this.#due)
    const until = now - forwardingStays(this.#options)
    try {
      await this.#expired.removeTraces(new Date(this.#from), new Date(until))
      this.#from = until
    } catch (error) {
      this.#cancel = undefined
      // The next forwarding row starts the next sweep, which begins where this one began.
      this.#events.warnUnheard(error)
      return
    }
    this.#cancel = undefined
    if (this.#last > until) this.#wakeAt(this.#options.now() + shortestInterval)
  }
}
