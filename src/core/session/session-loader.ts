import { isWellFormedId } from '../codec/id.js'
import type { Deadline } from '../concurrency/deadline.js'
import type { GoneReason } from '../events.js'
import type { Opened } from '../repository/rotated-ids.js'
import { type CookieSink, tellWritten } from './cookie-sink.js'
import { SessionState } from './session-state.js'
import type { Shared } from './shared.js'

/** Begins new sessions and opens stored ones, for requests. */
export class SessionLoader {
  readonly #shared: Shared
  /** The cookie of a session that is adopted; `undefined` for sessions of our own. */
  readonly #adopting: CookieSink | undefined

  /** @param adopting The cookie, if ids are those of rows that another package has written. */
  constructor(shared: Shared, adopting?: CookieSink) {
    this.#shared = shared
    this.#adopting = adopting
  }

  /** Begins a new session. */
  begin(): SessionState {
    return new SessionState(this.#shared.repository)
  }

  /** Opens the living session of a cookie's id. Resolves to `undefined` if there is none, and reports that by an event. */
  open(id: string, deadline: Deadline): Promise<SessionState | undefined> {
    const rowId = this.rowId(id)
    return this.#shared.rotatedIds.open(id, rowId, deadline).then((opened) => this.#judge(id, rowId, opened))
  }

  /** The id of the row that the id of a request names. */
  rowId(id: string): string {
    return this.#adopting ? id : this.#shared.repository.rowId(id)
  }

  #judge(id: string, rowId: string, opened: Opened | GoneReason): SessionState | undefined {
    const { repository, events } = this.#shared
    if (opened === 'ended' || opened === 'replaced') events.emit('rejected', rowId, { reason: 'unknown' })
    else if (opened === 'expired') events.emit('expired', rowId, { count: 1 })
    else {
      events.emit('loaded', rowId, {})
      const state = new SessionState(repository, id, opened.row)
      if (opened.isForwarded) state.forward()
      else if (this.#adopting) this.#adopt(state, this.#adopting)
      return state
    }
    return undefined
  }

  /** Hands out a cookie of ours: with the old id if rows hold ids as they are, so that the package before still finds the row. */
  #adopt(state: SessionState, cookie: CookieSink): void {
    const { options } = this.#shared
    if (options.hashIds || !isWellFormedId(state.id)) state.adopt()
    else if (cookie.isOpen) tellWritten(cookie, state, options)
  }
}
