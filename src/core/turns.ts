/** Whoever takes longer does not hold the others up: they go on, and the row's version decides. In milliseconds. */
const longestWait = 1000

/** Lets those who write to one row within this process go one after the other, rather than fight about the row's version. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Does the work after that which came before under this key, and tells it whether there was any. */
  async take<T>(key: string, work: (waited: boolean) => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const turn = before ? before.then(() => work(true)) : work(false)
    const over = before ? before.then(() => finished(turn)) : finished(turn)
    this.#last.set(key, over)
    try {
      return await turn
    } finally {
      if (this.#last.get(key) === over) this.#last.delete(key)
    }
  }
}

/** Waits for work that begins now. */
function finished(work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, longestWait).unref()
    const end = (): void => {
      clearTimeout(timer)
      resolve()
    }
    work.then(end, end)
  })
}
