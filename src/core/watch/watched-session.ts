import type { StoredRow } from '../codec/session-meta.js'
import type { Watch, Watchable } from './watch.js'

const noColumns = Object.freeze({})

/** What a watched session does by its registry. */
export interface Registry {
  touch(session: WatchedSession): void
  /** Removes a session that has no watches any more. */
  forget(session: WatchedSession): void
}

/** A session with its watches. */
export class WatchedSession implements Watchable {
  /** The id of the row that it has now, as far as this process knows. */
  rowId: string
  /** When the last read that has found the session began, in milliseconds since 1970. */
  readAt: number
  /** The longest time between two reads, in milliseconds. */
  every: number
  isRenewing = false
  #row: StoredRow | undefined
  readonly #registry: Registry
  readonly #watches = new Set<Watch>()

  constructor(registry: Registry, rowId: string, every: number, readAt: number) {
    this.#registry = registry
    this.rowId = rowId
    this.every = every
    this.readAt = readAt
  }

  /** The row as it was read last, without data and columns; `undefined` until it was read. */
  get row(): StoredRow | undefined {
    return this.#row
  }

  get isWatched(): boolean {
    return this.#watches.size > 0
  }

  /** Keeps what is needed of a row that was read by a statement that began at `readAt`. */
  take(row: StoredRow, readAt: number): void {
    const { id, expires, createdAt, version, meta } = row
    this.rowId = id
    this.readAt = readAt
    this.#row = { id, expires, createdAt, version, meta, data: null, columns: noColumns }
  }

  add(watch: Watch): void {
    this.#watches.add(watch)
    watch.attach(this)
  }

  remove(watch: Watch): void {
    this.#watches.delete(watch)
    if (!this.isWatched) this.#registry.forget(this)
  }

  touch(): void {
    this.#registry.touch(this)
  }

  /** Removes all watches, and returns them. */
  takeWatches(): Watch[] {
    const watches = [...this.#watches]
    this.#watches.clear()
    return watches
  }
}
