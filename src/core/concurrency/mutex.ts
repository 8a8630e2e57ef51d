/** Runs one piece of work after the other. */
export class Mutex {
  /** Until the latest work has ended. */
  #last: Promise<void> | undefined

  /**
   * Runs `work` when all earlier work has ended, whether it succeeded or not: at once if there is none. Returns `undefined`
   * instead of a promise if `work` finished synchronously.
   */
  run<T>(work: () => Promise<T>): Promise<T>
  run(work: () => Promise<void> | undefined): Promise<void> | undefined
  run<T>(work: () => Promise<T> | undefined): Promise<T | undefined> | undefined {
    const turn = this.#last ? this.#last.then(work) : work()
    if (turn) this.#keep(turn)
    return turn
  }

  #keep(turn: Promise<unknown>): void {
    const end = (): void => {
      if (this.#last === last) this.#last = undefined
    }
    const last = turn.then(end, end)
    this.#last = last
  }
}
