import type { Deadline } from '../concurrency/deadline.js'
import type { GoneReason } from '../events.js'
import type { Opened } from '../repository/rotated-ids.js'
import { Life } from './session-state.js'
import type { Shared } from './shared.js'

/** Begins and opens the sessions of requests. */
export class Opener {
  readonly #shared: Shared

  constructor(shared: Shared) {
    this.#shared = shared
  }

  /** A new session. */
  begin(): Life {
    return new Life(this.#shared.rows)
  }

  /** The living session that a cookie's id opens, if it does. */
  open(id: string, deadline: Deadline): Promise<Life | undefined> {
    const rowId = this.#shared.rows.rowId(id)
    return this.#shared.traces.open(id, rowId, deadline).then((opened) => this.#judge(id, rowId, opened))
  }

  #judge(id: string, rowId: string, opened: Opened | GoneReason): Life | undefined {
    const { rows, events } = this.#shared
    if (opened === 'ended' || opened === 'replaced') events.emit('rejected', rowId, { reason: 'unknown' })
    else if (opened === 'expired') events.emit('expired', rowId, { count: 1 })
    else {
      events.emit('loaded', rowId, {})
      const life = new Life(rows, id, opened.row)
      if (opened.late) life.forward()
      return life
    }
    return undefined
  }
}
