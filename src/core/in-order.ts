/** Does what is asked of one key in the order of the calls, within this process. */
export class InOrder {
  /** Until the latest change of a key has ended, well or not. */
  readonly #changes = new Map<string, Promise<void>>()

  /** Runs `change` after all changes of this key that were asked for before. */
  change<T>(key: string, change: () => Promise<T>): Promise<T> {
    const changing = this.read(key, change)
    const end = (): void => {
      if (this.#changes.get(key) === ended) this.#changes.delete(key)
    }
    const ended = changing.then(end, end)
    this.#changes.set(key, ended)
    return changing
  }

  /** Runs `read` after all changes of this key that were asked for before. No change waits for it. */
  read<T>(key: string, read: () => Promise<T>): Promise<T> {
    const before = this.#changes.get(key)
    return before ? before.then(read) : read()
  }
}
