import { isTransient } from '../backend/backend-error.js'
import type { RowTouch } from '../backend/session-backend.js'
import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline, TimeLimit } from '../concurrency/deadline.js'
import type { ResolvedOptions } from '../options/options.js'

/** The most sessions whose last use is remembered. */
const mostRemembered = 1000

const nothing: { readonly lastSeenAt?: Date } = Object.freeze({})

/** The session of a request: the row that it read, and whether another request has replaced its id. */
interface UsedSession {
  readonly row: StoredRow | undefined
  readonly isForwarded: boolean
}

/**
 * Keeps when sessions were last used, in the column `lastSeenAt`, if the table has one.
 *
 * A write or a renewal carries the moment with it. Other requests note it by a touch of that column alone, at most once in
 * the time `every`. Requests that run side by side have read the same old moment, so this process remembers what it wrote
 * lately: one of them writes.
 */
export class LastSeen {
  readonly #options: Pick<ResolvedOptions, 'lastSeen' | 'now'>
  readonly #time: TimeLimit
  readonly #touch: (touch: RowTouch, deadline: Deadline) => Promise<boolean>
  /** When this process last noted a use, in milliseconds since 1970, by the id of the row. The latest ones are at the end. */
  readonly #noted = new Map<string, number>()

  /** @param touch Writes a touch. Resolves to whether the row was written. */
  constructor(
    options: Pick<ResolvedOptions, 'lastSeen' | 'now'>,
    time: TimeLimit,
    touch: (touch: RowTouch, deadline: Deadline) => Promise<boolean>,
  ) {
    this.#options = options
    this.#time = time
    this.#touch = touch
  }

  /** The moment of a use now, for a statement that writes anyway. Empty if the table does not keep it. */
  values(): { readonly lastSeenAt?: Date } {
    const lastSeenAt = this.now()
    return lastSeenAt ? { lastSeenAt } : nothing
  }

  /** The moment of a use now; `undefined` if the table does not keep it. */
  now(): Date | undefined {
    const { lastSeen, now } = this.#options
    return lastSeen === null ? undefined : new Date(now())
  }

  /** Remembers that a use of the row has been written. */
  note(rowId: string): void {
    const { lastSeen, now } = this.#options
    if (lastSeen !== null) this.#remember(rowId, now())
  }

  /**
   * Notes the use of a session by a request that writes nothing else. Returns `undefined` if that is not due. A temporary
   * failure is ignored: the next request notes its own use.
   */
  see(session: UsedSession | undefined): Promise<void> | undefined {
    const { lastSeen } = this.#options
    if (lastSeen === null || !session?.row || session.isForwarded) return undefined
    return this.#isDue(session.row, lastSeen.every) ? this.#see(session.row, this.#time.begin()) : undefined
  }

  #isDue({ id, lastSeenAt }: StoredRow, every: number): boolean {
    const last = Math.max(lastSeenAt?.getTime() ?? -Infinity, this.#noted.get(id) ?? -Infinity)
    return this.#options.now() - last >= every
  }

  /**
   * If the row was not written, it is gone, or another request has written to it: then that one has noted its own use.
   * Neither is a conflict.
   */
  async #see({ id, version }: StoredRow, deadline: Deadline): Promise<void> {
    const now = new Date(this.#options.now())
    this.#remember(id, now.getTime())
    try {
      await this.#touch({ id, version, now, lastSeenAt: now }, deadline)
    } catch (error) {
      this.#noted.delete(id)
      if (!isTransient(error)) throw error
    }
  }

  #remember(rowId: string, moment: number): void {
    this.#noted.delete(rowId)
    this.#noted.set(rowId, moment)
    if (this.#noted.size <= mostRemembered) return
    for (const oldest of this.#noted.keys()) {
      this.#noted.delete(oldest)
      return
    }
  }
}
