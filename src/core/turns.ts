/** Whoever takes longer does not hold the others up: they go on, and the row's version decides. In milliseconds. */
const longestWait = 1000

class Turn {
  /** When its work begins; nothing if it has begun at once. */
  readonly begun: Promise<void> | undefined
  readonly work: Promise<unknown>

  constructor(begun: Promise<void> | undefined, work: Promise<unknown>) {
    this.begun = begun
    this.work = work
  }
}

/** Lets those who write to one row within this process go one after the other, rather than fight about the row's version. */
export class Turns {
  readonly #last = new Map<string, Turn>()

  /** Does the work after that which came before under this key, and tells it whether there was any. */
  async take<T>(key: string, work: (waited: boolean) => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const begun = before && finished(before)
    const running = begun ? begun.then(() => work(true)) : work(false)
    const turn = new Turn(begun, running)
    this.#last.set(key, turn)
    try {
      return await running
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key)
    }
  }
}

/** Waits for the work of a turn, from its begin on. Nobody waits, and there is no timer, for most. */
async function finished({ begun, work }: Turn): Promise<void> {
  await begun
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, longestWait).unref()
    const end = (): void => {
      clearTimeout(timer)
      resolve()
    }
    work.then(end, end)
  })
}
