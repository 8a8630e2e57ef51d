import type { Events } from '../events.js'
import type { ResolvedOptions } from '../options/options.js'
import type { ExpiredRows } from './expired-rows.js'
import { forwardingStays } from './former-ids.js'

/** The least time between two sweeps, in milliseconds. */
const shortestInterval = 10_000
/** How far back the first sweep looks for what processes have left that are no more, in milliseconds. */
const firstReach = 3_600_000

/** Calls `run` after so many milliseconds, unless what it gives back is called first. */
export type Alarm = (run: () => Promise<void>, milliseconds: number) => () => void

const realAlarm: Alarm = (run, milliseconds) => {
  const timer = setTimeout(() => void run(), milliseconds).unref()
  return () => clearTimeout(timer)
}

/**
 * Removes the forwarding rows of replaced ids when nobody needs them any more, also where there is no clean-up. It runs only in processes
 * that leave forwarding rows, and removes what others have left too. The timer never keeps the process alive.
 */
export class ForwardingSweep {
  readonly #options: ResolvedOptions
  readonly #expired: ExpiredRows
  readonly #events: Events
  readonly #alarm: Alarm
  #cancel: (() => void) | undefined
  /** When the oldest forwarding row that was left since the last sweep is to be removed. */
  #due = 0
  /** When the newest one was left. */
  #last = 0
  /** What was left earlier has been removed. */
  #from: number
  #isStopped = false

  constructor(options: ResolvedOptions, expired: ExpiredRows, events: Events, alarm: Alarm = realAlarm) {
    this.#options = options
    this.#expired = expired
    this.#events = events
    this.#alarm = alarm
    this.#from = options.now() - firstReach
  }

  /** Whether this process has left forwarding rows that may still be there. */
  get isAwaited(): boolean {
    return this.#cancel !== undefined
  }

  /** A forwarding row is about to be left. */
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
      // The next sweep, which the next forwarding row brings, begins where this one did.
      this.#events.warnUnheard(error)
      return
    }
    this.#cancel = undefined
    if (this.#last > until) this.#wakeAt(this.#options.now() + shortestInterval)
  }
}
