import type { Alarm } from '../../src/core/repository/forwarding-sweep.js'

/** A timer that goes off when the test says so. */
export class ManualAlarm {
  /** For how many milliseconds it was set the last time; nothing if it is not set. */
  wait: number | undefined
  #run: (() => Promise<void>) | undefined

  readonly set: Alarm = (run, milliseconds) => {
    this.#run = run
    this.wait = milliseconds
    return () => this.#clear()
  }

  /** Goes off, and waits until what it does is done. */
  async goOff(): Promise<void> {
    const run = this.#run
    this.#clear()
    await run?.()
  }

  #clear(): void {
    this.#run = undefined
    this.wait = undefined
  }
}
