/** Does one piece of work after the other. */
export class Queue {
  /** Until the latest work has ended. */
  #last: Promise<void> | undefined

  /** Begins when all that came before has ended, well or not: at once, if there is none. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last ? this.#last.then(work) : work()
    const end = (): void => {
      if (this.#last === last) this.#last = undefined
    }
    const last = turn.then(end, end)
    this.#last = last
    return turn
  }
}
