import type { Deadline } from './deadline.js'

/** A read does not wait longer for changes: they may wait for the transaction that it is made in. In milliseconds. */
const longestWait = 1000

/** What is under way for one key. The promises never reject. */
class UnderWay {
  /** The latest change, which waits for everything before it. */
  change: Promise<void> | undefined
  /** The reads that changes wait for. */
  readonly reads = new Set<Promise<void>>()
}

/** Does what is asked of one key in the order of the calls, within this process. Reads in a row are done at once. */
export class InOrder {
  readonly #underWay = new Map<string, UnderWay>()

  /**
   * Runs `change` after everything that was asked of this key before. Rejects with `BACKEND_TIMEOUT` if that has not ended
   * before the deadline.
   */
  change<T>(key: string, deadline: Deadline, change: () => Promise<T>): Promise<T> {
    const underWay = this.#of(key)
    const { change: before, reads } = underWay
    const all = before || reads.size > 0 ? Promise.all([before, ...reads]) : undefined
    const changing = all ? deadline.wait(all, whatFor).then(change) : change()
    const end = (): void => {
      if (underWay.change === ended) underWay.change = undefined
      this.#tidy(key, underWay)
    }
    const ended = Promise.allSettled([all, changing]).then(end)
    underWay.change = ended
    return changing
  }

  /** Runs `read` after all changes of this key that were asked for before, unless they take long. */
  read<T>(key: string, read: () => Promise<T>): Promise<T> {
    const underWay = this.#of(key)
    const { change } = underWay
    const reading = change ? soon(change).then(read) : read()
    const end = (): void => {
      underWay.reads.delete(ended)
      this.#tidy(key, underWay)
    }
    const ended = reading.then(end, end)
    underWay.reads.add(ended)
    return reading
  }

  #of(key: string): UnderWay {
    const underWay = this.#underWay.get(key) ?? new UnderWay()
    this.#underWay.set(key, underWay)
    return underWay
  }

  #tidy(key: string, { change, reads }: UnderWay): void {
    if (!change && reads.size === 0) this.#underWay.delete(key)
  }
}

const whatFor = (): string => 'earlier calls of this process for the same session'

async function soon(ended: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, longestWait).unref()
  })
  await Promise.race([ended, patience])
  clearTimeout(timer)
}
