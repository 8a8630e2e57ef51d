import type { Deadline } from '../concurrency/deadline.js'
import type { GoneReason } from '../events.js'
import type { Opened } from '../repository/rotated-ids.js'
import { SessionState } from './session-state.js'
import type { Shared } from './shared.js'

/** Begins new sessions and opens stored ones, for requests. */
export class SessionLoader {
  readonly #shared: Shared

  constructor(shared: Shared) {
    this.#shared = shared
  }

  /** Begins a new session. */
  begin(): SessionState {
    return new SessionState(this.#shared.repository)
  }

  /** Opens the living session of a cookie's id. Resolves to `undefined` if there is none, and reports that by an event. */
  open(id: string, deadline: Deadline): Promise<SessionState | undefined> {
    const rowId = this.#shared.repository.rowId(id)
    return this.#shared.rotatedIds.open(id, rowId, deadline).then((opened) => this.#judge(id, rowId, opened))
  }

  #judge(id: string, rowId: string, opened: Opened | GoneReason): SessionState | undefined {
    const { repository, events } = this.#shared
    if (opened === 'ended' || opened === 'replaced') events.emit('rejected', rowId, { reason: 'unknown' })
    else if (opened === 'expired') events.emit('expired', rowId, { count: 1 })
    else {
      events.emit('loaded', rowId, {})
      const state = new SessionState(repository, id, opened.row)
      if (opened.isForwarded) state.forward()
      return state
    }
    return undefined
  }
}
