import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import type { CookieSink } from './cookie-sink.js'
import type { SessionState } from './session-state.js'
import type { Shared } from './shared.js'

/** The row of a session to end, with its content, if that was read. */
interface Endable {
  readonly id: string
  readonly row?: StoredRow
}

/** The sessions that a request has ended, until their rows are deleted. */
export class PendingDeletions {
  readonly #shared: Shared
  readonly #cookie: CookieSink
  /** Functions that return the row of each session, if it has one at that time. */
  readonly #endable: (() => Endable | undefined)[] = []

  constructor(shared: Shared, cookie: CookieSink) {
    this.#shared = shared
    this.#cookie = cookie
  }

  /** Adds the session of this state; or, with `unread`, the session with one of these rows, which was not read. */
  add(state: SessionState, unread: readonly string[] | '' | undefined): void {
    if (unread) this.#endable.push(...unread.map((id) => () => ({ id })))
    else this.#endable.push(() => state.row && { id: state.row.id, row: state.row })
  }

  /** Deletes the rows. A row that could not be deleted is tried again by the next call. */
  async delete(deadline: Deadline): Promise<void> {
    for (let dead = this.#endable[0]; dead; dead = this.#endable[0]) {
      const ended = dead()
      if (ended !== undefined) {
        await this.#shared.ending.end(ended.id, 'logout', deadline, ended.row)
        this.#cookie.clear('logout')
      }
      this.#endable.shift()
    }
  }
}
