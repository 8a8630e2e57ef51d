import { isWellFormedId, unhashedRowId } from '../codec/id.js'
import type { Deadline } from '../concurrency/deadline.js'
import type { GoneReason } from '../events.js'
import type { Opened } from '../repository/rotated-ids.js'
import { isTraced, trace } from '../tracing.js'
import { type CookieSink, noBrowser, setCookieFor } from './cookie-sink.js'
import { SessionState } from './session-state.js'
import type { Shared } from './shared.js'

/** Begins new sessions and opens stored ones, for requests. */
export class SessionLoader {
  readonly #shared: Shared
  readonly #cookie: CookieSink
  readonly #isOld: boolean

  /** @param isOld Whether ids are those of rows that another package has written. */
  constructor(shared: Shared, cookie: CookieSink, isOld: boolean) {
    this.#shared = shared
    this.#cookie = cookie
    this.#isOld = isOld
  }

  /** Begins a new session. */
  begin(): SessionState {
    return new SessionState(this.#shared.repository)
  }

  /** Opens the living session of a cookie's id. Resolves to `undefined` if there is none, and reports that by an event. */
  open(id: string, deadline: Deadline): Promise<SessionState | undefined> {
    return isTraced('load') ? this.#openTraced(id, deadline) : this.#open(id, deadline)
  }

  #openTraced(id: string, deadline: Deadline): Promise<SessionState | undefined> {
    const { events, options } = this.#shared
    const [rowId] = this.rowIds(id) as [string]
    return trace('load', { key: options.key, session: events.nameOf(rowId) }, async (message) => {
      const state = await this.#open(id, deadline)
      message.found = state !== undefined
      return state
    })
  }

  #open(id: string, deadline: Deadline): Promise<SessionState | undefined> {
    const { rotatedIds } = this.#shared
    const [rowId, unhashed] = this.rowIds(id) as [string, string?]
    return rotatedIds.open(id, rowId, deadline).then((opened) => {
      if (opened !== 'ended' || unhashed === undefined) return this.#judge(id, rowId, opened, this.#isOld)
      return rotatedIds.open(id, unhashed, deadline).then((raw) => {
        if (raw !== 'ended') return this.#judge(id, rowId, raw, true)
        // `rehash` may have moved the row between the two.
        return rotatedIds.open(id, rowId, deadline).then((moved) => this.#judge(id, rowId, moved, false))
      })
    })
  }

  /** The ids of the rows that the id of a request may name: the first is the usual one. */
  rowIds(id: string): string[] {
    const { repository, options } = this.#shared
    if (this.#isOld) return [id]
    const unhashed = unhashedRowId(id, options.hashIds)
    return [repository.rowId(id), ...(unhashed === undefined ? [] : [unhashed])]
  }

  #judge(id: string, rowId: string, opened: Opened | GoneReason, isOld: boolean): SessionState | undefined {
    const { repository, events } = this.#shared
    if (opened === 'ended') events.emit('rejected', rowId, { reason: 'unknown' })
    else if (opened === 'replaced') events.emit('rejected', rowId, { reason: 'replaced' })
    else if (opened === 'expired') events.emit('expired', rowId, { count: 1 })
    else {
      events.emit('loaded', rowId, {})
      const state = new SessionState(repository, id, opened.row)
      if (opened.isForwarded) state.forward()
      else if (isOld && this.#cookie !== noBrowser) this.#adopt(state, this.#cookie)
      return state
    }
    return undefined
  }

  /** Hands out a cookie of ours: with the old id if rows hold ids as they are, so that the package before still finds the row. */
  #adopt(state: SessionState, cookie: CookieSink): void {
    const { options } = this.#shared
    if (options.hashIds || !isWellFormedId(state.id)) state.adopt()
    else if (cookie.isOpen) setCookieFor(cookie, state, options)
  }
}
