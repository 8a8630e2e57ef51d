import type { Deadline } from './deadline.js'

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

/**
 * A function of the application that takes longer, in milliseconds, does not hold the others up: they go on, and the row's
 * version decides. Where the database takes longer, they would wait there too, with a connection each.
 */
const longestWait = 1000

/** The time in which one of those who write to a row does so. */
export class Turn {
  /** Whether a function of the application runs, which may take as long as it likes. */
  isInApplication = false
  hasBegun = false
  /** Settles when it may begin, as nobody before holds it up any more. */
  ready: Promise<void> | undefined
  /** Settles when neither this one nor one before is at work. */
  end: Promise<unknown> = Promise.resolve()
}

/** Lets those who write to one row within this process go one after the other, rather than fight about the row's version. */
export class KeyedMutex {
  readonly #last = new Map<string, Turn>()

  /**
   * Runs `work` after all earlier work with this key, and tells it whether it had to wait. Rejects with `BACKEND_TIMEOUT` if
   * it could not begin before the deadline.
   */
  async take<T>(key: string, deadline: Deadline, work: (waited: boolean, turn: Turn) => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const turn = new Turn()
    const begin = (waited: boolean): Promise<T> => {
      turn.hasBegun = true
      return work(waited, turn)
    }
    const ready = before && finished(before)
    turn.ready = ready
    const running = ready ? deadline.wait(ready, whatFor).then(() => begin(true)) : begin(false)
    turn.end = ready ? Promise.allSettled([ready, running]) : running
    this.#last.set(key, turn)
    const leave = (): void => {
      if (this.#last.get(key) === turn) this.#last.delete(key)
    }
    try {
      return await running
    } finally {
      // If the time was up before, those who come wait for the one before.
      if (turn.hasBegun) leave()
      else void ready?.then(leave)
    }
  }
}

const whatFor = (): string => 'other requests of this process that write to the same session'

/** Never rejects. */
async function finished(turn: Turn): Promise<void> {
  await turn.ready
  let isOver = false
  const over = (): void => {
    isOver = true
  }
  const end = turn.end.then(over, over)
  do await endOr(end, longestWait)
  while (!isOver && !turn.isInApplication)
}

function endOr(end: Promise<void>, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds).unref()
    void end.then(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
