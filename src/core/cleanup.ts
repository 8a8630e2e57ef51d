/**
 * Runs `sweep` again and again, `interval` milliseconds apart, each time moved by up to a quarter, so that several
 * processes do not sweep at the same moment. The timer never keeps the process alive.
 */
export class Cleanup {
  readonly #interval: number
  readonly #sweep: () => Promise<unknown>
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(interval: number, sweep: () => Promise<unknown>) {
    this.#interval = interval
    this.#sweep = sweep
    this.#schedule()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => void this.#run(), this.#interval * (0.75 + Math.random() / 2)).unref()
  }

  async #run(): Promise<void> {
    try {
      await this.#sweep()
    } catch (error) {
      // A failed sweep harms nobody: expired sessions are refused without it, and the next one comes.
      process.emitWarning(error instanceof Error ? error : String(error))
    }
    this.#schedule()
  }
}
