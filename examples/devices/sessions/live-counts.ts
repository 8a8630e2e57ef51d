/** A number of living sessions at a moment. */
export interface LiveCount {
  /** Seconds since 1970. */
  readonly at: number
  readonly count: number
}

/** The most counts that are kept: an hour of them. */
const mostCounts = 360

/** Counts the living sessions every ten seconds, for the chart of the administrator. */
export class LiveCounts {
  readonly #count: () => Promise<number>
  readonly #now: () => number
  readonly #timer: NodeJS.Timeout
  #counts: LiveCount[] = []

  constructor(count: () => Promise<number>, now: () => number) {
    this.#count = count
    this.#now = now
    this.#timer = setInterval(() => void this.#take(), 10_000).unref()
  }

  /** The counts until now, with one of this moment. */
  async read(): Promise<readonly LiveCount[]> {
    await this.#take()
    return this.#counts
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** A count that fails is left out: the next one comes in ten seconds. */
  async #take(): Promise<void> {
    const count = await this.#count().catch(() => undefined)
    if (count === undefined) return
    this.#counts = [...this.#counts, { at: Math.floor(this.#now() / 1000), count }].slice(-mostCounts)
  }
}
