/**
 * Runs `sweep` every `interval` milliseconds. Each pause is up to a quarter shorter or longer, so that several processes
 * do not sweep at the same moment. The timer does not keep the process alive.
 */
export class Cleanup {
  readonly #interval: number
  readonly #sweep: () => Promise<unknown>
  readonly #report: (error: unknown) => void
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(interval: number, sweep: () => Promise<unknown>, report: (error: unknown) => void = warn) {
    this.#interval = interval
    this.#sweep = sweep
    this.#report = report
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
      // A failed sweep does no harm: expired sessions are refused anyway, and the next sweep comes.
      this.#report(error)
    }
    this.#schedule()
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error))
}
