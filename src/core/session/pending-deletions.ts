import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import type { CookieChannel } from './cookie-sink.js'
import type { Life } from './session-state.js'
import type { Shared } from './shared.js'

/** The row of a session that is to be ended: with what it holds, if that was read. */
interface Endable {
  readonly id: string
  readonly row?: StoredRow
}

/** The sessions that a request has ended, until they are deleted in the database. */
export class EndedLives {
  readonly #shared: Shared
  readonly #cookie: CookieChannel
  /** What tells their row, if they have one by then. */
  readonly #rows: (() => Endable | undefined)[] = []

  constructor(shared: Shared, cookie: CookieChannel) {
    this.#shared = shared
    this.#cookie = cookie
  }

  /** With `unread`, the session of this id, which has not been read. */
  add(life: Life, unread: string | undefined): void {
    this.#rows.push(() => {
      if (unread !== undefined) return { id: this.#shared.rows.rowId(unread) }
      return life.row && { id: life.row.id, row: life.row }
    })
  }

  /** Deletes them. One that cannot be deleted is tried again the next time. */
  async delete(deadline: Deadline): Promise<void> {
    for (let dead = this.#rows[0]; dead; dead = this.#rows[0]) {
      const ended = dead()
      if (ended !== undefined) {
        const count = await this.#shared.ending.end(ended.id, deadline, ended.row)
        if (count > 0) this.#shared.events.emit('destroyed', ended.id, { count, reason: 'logout' })
        this.#cookie.tell({ kind: 'clear', reason: 'logout' })
      }
      this.#rows.shift()
    }
  }
}
