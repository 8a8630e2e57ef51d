/** Does one piece of work after the other. */
export class Queue {
  /** Until the latest work has ended. */
  #last: Promise<void> | undefined

  /**
   * Begins when all that came before has ended, well or not: at once, if there is none. Work that is done at once gives
   * `undefined` rather than a promise, and then nothing is to be waited for.
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
