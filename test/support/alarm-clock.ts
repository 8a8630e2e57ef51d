import type { Alarm } from '../../src/core/repository/forwarding-sweep.js'
import { Clock } from './clock.js'

interface Pending {
  readonly due: number
  readonly run: () => Promise<void>
}

/** A clock with timers, which go off while it is moved. */
export class AlarmClock extends Clock {
  readonly #pending = new Set<Pending>()

  readonly alarm: Alarm = (run, milliseconds) => {
    const pending = { due: this.now() + milliseconds, run }
    this.#pending.add(pending)
    return () => void this.#pending.delete(pending)
  }

  /** How many timers are set. */
  get count(): number {
    return this.#pending.size
  }

  /** Lets so many seconds pass, and waits until all that goes off is done. */
  async let(seconds: number): Promise<void> {
    const end = this.now() + seconds * 1000
    for (let next = this.#nextUntil(end); next; next = this.#nextUntil(end)) {
      this.#pending.delete(next)
      this.pass(Math.max(0, next.due - this.now()) / 1000)
      await next.run()
    }
    this.pass((end - this.now()) / 1000)
  }

  #nextUntil(end: number): Pending | undefined {
    const due = [...this.#pending].filter((pending) => pending.due <= end)
    return due.sort((one, other) => one.due - other.due)[0]
  }
}
