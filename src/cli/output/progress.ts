import { timeInWords } from './table.js'

/** The fewest milliseconds between two lines of progress. */
const interval = 200

/** Shows how far a command is: one line of the terminal that is overwritten, or nothing without a terminal. */
export class Progress {
  readonly #what: string
  readonly #total: number
  readonly #stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>
  readonly #now: () => number
  readonly #begin: number
  #shownAt = Number.NEGATIVE_INFINITY

  /** @param what The past participle for the rows, such as `removed`. */
  constructor(what: string, total: number, stream: Progress['stream'] = process.stderr, now = () => performance.now()) {
    this.#what = what
    this.#total = total
    this.#stream = stream
    this.#now = now
    this.#begin = now()
  }

  get stream(): Pick<NodeJS.WriteStream, 'isTTY' | 'write'> {
    return this.#stream
  }

  show(done: number): void {
    const now = this.#now()
    if (!this.#stream.isTTY || now - this.#shownAt < interval) return
    this.#shownAt = now
    this.#stream.write(`\r\u001B[K${this.line(done)}`)
  }

  /** The line: rows, percentage, rate and time left. */
  line(done: number): string {
    const seconds = Math.max(this.#now() - this.#begin, 1) / 1000
    const rate = done / seconds
    const percent = this.#total > 0 ? Math.min(100, Math.floor((done / this.#total) * 100)) : 100
    const left = rate > 0 ? `, ${timeInWords((Math.max(0, this.#total - done) / rate) * 1000)} left` : ''
    return `${this.#what} ${done} of ${this.#total} (${percent} %), ${Math.round(rate)}/s${left}`
  }

  end(): void {
    if (this.#stream.isTTY && this.#shownAt > Number.NEGATIVE_INFINITY) this.#stream.write('\r\u001B[K')
  }
}
