import type { Deadline } from './deadline.js'

/** Runs one piece of work after the other. */
export class Mutex {
  /** Settles when the latest work has ended. */
  #last: Promise<void> | undefined

  /**
   * Runs `work` when all earlier work has ended, successfully or not; at once if there is none. Returns `undefined`
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
 * The longest time that a function of the application holds up other writers, in milliseconds: then they go on, and the
 * version of the row decides. A slow database holds them up for longer: there they would wait too, with a connection each.
 */
const longestWait = 1000

/** The turn of one writer to a row. */
export class Turn {
  /** Whether a function of the application is running, which may take any time. */
  isInApplication = false
  hasBegun = false
  /** Settles when no earlier turn holds this one up any more. */
  ready: Promise<void> | undefined
  /** Settles when this turn and all earlier ones have ended. */
  end: Promise<unknown> = Promise.resolve()
}

/** Lets the writers to one row in this process go one after the other, so that they do not conflict over its version. */
export class KeyedMutex {
  readonly #last = new Map<string, Turn>()

  /**
   * Runs `work` after all earlier work with this key; its argument `waited` says whether there was any. Rejects with
   * `BACKEND_TIMEOUT` if `work` could not begin before the deadline.
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
      // If the time limit passed before this turn began, later turns wait for the earlier one.
      if (turn.hasBegun) leave()
      else void ready?.then(leave)
    }
  }
}

const whatFor = (): string => 'other requests of this process that write to the same session'

/** Waits until `turn` holds up nobody any more. Never rejects. */
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
