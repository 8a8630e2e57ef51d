/** Does one piece of work after the other. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve()

  /** Begins when all that came before has ended, well or not. */
  run<T>(work: () => T | Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    this.#last = turn.catch(() => {})
    return turn
  }
}
