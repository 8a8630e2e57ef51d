import type { Deadline } from './deadline.js'

/** The longest time that a read waits for changes, in milliseconds: they may wait for the transaction that the read is part of. */
const longestWait = 1000

/** The running operations of one key. Their promises never reject. */
class UnderWay {
  /** The latest change, which waits for everything before it. */
  change: Promise<void> | undefined
  /** The running reads, which the next change waits for. */
  readonly reads = new Set<Promise<void>>()
}

/** Runs the operations on one key in the order of the calls, within this process. Consecutive reads run in parallel. */
export class InOrder {
  readonly #underWay = new Map<string, UnderWay>()

  /**
   * Runs `change` after all earlier operations on this key. Rejects with `BACKEND_TIMEOUT` if these have not ended before
   * the deadline.
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

  /** Runs `read` after all earlier changes of this key, but waits at most {@link longestWait} for them. */
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
