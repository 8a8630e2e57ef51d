import type { FailureBefore } from '../errors.js'
import { timedOut } from '../errors.js'

/** The number of parts that a time limit is counted in. */
const parts = 20
/** The shortest and the longest part, in milliseconds. */
const shortestPart = 5
const longestPart = 250

/** One waiting operation, or a group of them. */
export interface Wait {
  /** Called when one part of the limit has passed. */
  pass(limit: TimeLimit): void
}

/**
 * The option `timeout`: how long one operation of a session may wait. One timer serves all waits, and runs only while there
 * are any. It counts its own runs instead of reading a clock: a pause of the whole process, in a debugger for instance, is
 * no waiting.
 */
export class TimeLimit {
  readonly #milliseconds: number
  readonly #part: number
  readonly #waits = new Set<Wait>()
  #timer: NodeJS.Timeout | undefined

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds
    this.#part = Math.min(longestPart, Math.max(shortestPart, milliseconds / parts))
  }

  /** The deadline of an operation that begins now. */
  begin(): Deadline {
    return new Deadline(this, Math.ceil(this.#milliseconds / this.#part))
  }

  /** Counts the time of this wait until {@link end}. */
  add(wait: Wait): void {
    this.#waits.add(wait)
    this.#timer ??= setInterval(() => this.#tick(), this.#part).unref()
  }

  /** Stops counting the time of this wait. */
  end(wait: Wait): void {
    this.#waits.delete(wait)
  }

  /** The error of an operation that waited too long for `what`. */
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

/** The time that one operation may still wait. Time in functions of the application does not count. */
export class Deadline {
  readonly limit: TimeLimit
  #left: number

  constructor(limit: TimeLimit, left: number) {
    this.limit = limit
    this.#left = left
  }

  /** Whether no time is left. */
  get isOver(): boolean {
    return this.#left <= 0
  }

  /** Counts one part of the limit. Returns whether it was the last one. */
  passes(): boolean {
    this.#left--
    return this.isOver
  }

  /** Waits for `work`. Rejects with `BACKEND_TIMEOUT` if it takes too long; the message names `what`. */
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
