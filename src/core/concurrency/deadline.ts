import type { FailureBefore } from '../errors.js'
import { timedOut } from '../errors.js'

/** A limit is counted in so many parts. */
const parts = 20
/** The shortest and the longest part, in milliseconds. */
const shortestPart = 5
const longestPart = 250

/** Somebody who waits, or several. */
export interface Wait {
  /** One part of the limit has passed. */
  pass(limit: TimeLimit): void
}

/**
 * The option `timeout`: how long one operation of a session may wait. One timer serves all waits, and runs only while there
 * are any. It counts its own runs instead of looking at a clock, so a process that stands still for seconds, in a debugger
 * for instance, has not waited for them.
 */
export class TimeLimit {
  readonly #milliseconds: number
  readonly #part: number
  readonly #waits = new Set<Wait>()
  #timer: NodeJS.Timeout | undefined

  /** In milliseconds. */
  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds
    this.#part = Math.min(longestPart, Math.max(shortestPart, milliseconds / parts))
  }

  /** The limit of an operation that begins. */
  begin(): Deadline {
    return new Deadline(this, Math.ceil(this.#milliseconds / this.#part))
  }

  /** Counts the time from now on, until {@link end}. */
  add(wait: Wait): void {
    this.#waits.add(wait)
    this.#timer ??= setInterval(() => this.#tick(), this.#part).unref()
  }

  /** Counts no longer. */
  end(wait: Wait): void {
    this.#waits.delete(wait)
  }

  /** The error for an operation that has waited too long for `what`. */
  error(what: string, failed?: FailureBefore): Error {
    return timedOut(this.#milliseconds, what, failed)
  }

  #tick(): void {
    if (this.#waits.size === 0) {
      clearInterval(this.#timer)
      this.#timer = undefined
    }
    for (const wait of this.#waits) wait.pass(this)
  }
}

/** How much longer one operation may wait. Only waiting counts: not what a function of the application does meanwhile. */
export class Deadline {
  readonly limit: TimeLimit
  #left: number

  constructor(limit: TimeLimit, left: number) {
    this.limit = limit
    this.#left = left
  }

  /** Whether there is no time left. */
  get isOver(): boolean {
    return this.#left <= 0
  }

  /** Counts one part of the limit, and tells whether it was the last one. */
  passes(): boolean {
    this.#left--
    return this.isOver
  }

  /** Waits for `work`. Rejects with `BACKEND_TIMEOUT` if it takes too long; `what` names it then. */
  wait<T>(work: Promise<T>, what: () => string, failed?: FailureBefore): Promise<T> {
    return new Promise((resolve, reject) => {
      const { limit } = this
      const expire = (): void => {
        end()
        reject(limit.error(what(), failed))
      }
      const wait: Wait = { pass: () => void (this.passes() && expire()) }
      const end = (): void => limit.end(wait)
      if (this.isOver) return expire()
      limit.add(wait)
      work.finally(end).then(resolve, reject)
    })
  }
}
