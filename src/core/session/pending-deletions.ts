import type { Deadline } from '../concurrency/deadline.js'
import type { CookieChannel } from './cookie-sink.js'
import type { Opener } from './session-loader.js'
import type { Life } from './session-state.js'
import type { Shared } from './shared.js'

/** The sessions that a request has ended, until they are deleted in the database. */
export class EndedLives {
  readonly #shared: Shared
  readonly #opener: Opener
  readonly #cookie: CookieChannel
  /** What tells their row, if they have one by then. */
  readonly #rowIds: ((deadline: Deadline) => string | undefined | Promise<string | undefined>)[] = []

  constructor(shared: Shared, opener: Opener, cookie: CookieChannel) {
    this.#shared = shared
    this.#opener = opener
    this.#cookie = cookie
  }

  /** With `unread`, the session of this id, which has not been read. */
  add(life: Life, unread: string | undefined): void {
    this.#rowIds.push((deadline) => (unread === undefined ? life.row?.id : this.#opener.endable(unread, deadline)))
  }

  /** Deletes them. One that cannot be deleted is tried again the next time. */
  async delete(deadline: Deadline): Promise<void> {
    for (let dead = this.#rowIds[0]; dead; dead = this.#rowIds[0]) {
      const rowId = await dead(deadline)
      if (rowId !== undefined) {
        const count = await this.#shared.traces.end(rowId, deadline)
        if (count > 0) this.#shared.events.emit('destroyed', rowId, { count, reason: 'logout' })
        this.#cookie.tell({ kind: 'clear', reason: 'logout' })
      }
      this.#rowIds.shift()
    }
  }
}
