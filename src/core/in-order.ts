import type { Deadline } from './deadline.js'

/** Does what is asked of one key in the order of the calls, within this process. */
export class InOrder {
  /** Until the latest change of a key, and those before it, have ended, well or not. */
  readonly #changes = new Map<string, Promise<void>>()

  /** Runs `change` after all changes of this key that were asked for before. */
  change<T>(key: string, deadline: Deadline, change: () => Promise<T>): Promise<T> {
    const before = this.#changes.get(key)
    const changing = this.read(key, deadline, change)
    const ended = Promise.allSettled([before, changing]).then(() => {
      if (this.#changes.get(key) === ended) this.#changes.delete(key)
    })
    this.#changes.set(key, ended)
    return changing
  }

  /** Runs `read` after all changes of this key that were asked for before. No change waits for it. */
  read<T>(key: string, deadline: Deadline, read: () => Promise<T>): Promise<T> {
    const before = this.#changes.get(key)
    return before ? deadline.wait(before, whatFor).then(read) : read()
  }
}

const whatFor = (): string => 'earlier calls of this process for the same session'
