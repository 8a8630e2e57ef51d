/** A clock that stands still until it is moved. */
export class Clock {
  #milliseconds: number

  constructor(start = '2026-03-14T15:09:26.000Z') {
    this.#milliseconds = Date.parse(start)
  }

  readonly now = (): number => this.#milliseconds

  /** Moves the clock by so many seconds. */
  pass(seconds: number): void {
    this.#milliseconds += seconds * 1000
  }
}
