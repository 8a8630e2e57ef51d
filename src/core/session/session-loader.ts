import { hashId } from '../codec/id.js'
import { noMeta, type SessionMeta, type StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import type { GoneReason } from '../events.js'
import type { Opened } from '../repository/rotated-ids.js'
import { Life } from './session-state.js'
import type { Shared } from './shared.js'

/** The row of a session that is to be ended. */
export interface Endable {
  readonly id: string
  readonly row?: StoredRow
}

/** Begins and opens sessions for the requests of one origin. */
export class Opener {
  readonly #shared: Shared
  /** What sessions that begin here are bound to, if they are. */
  readonly binding: SessionMeta

  /** `origin` is what the option `bind` tells of the request. */
  constructor(shared: Shared, origin: string | undefined) {
    this.#shared = shared
    this.binding = origin === undefined ? noMeta : { binding: hashId(origin) }
  }

  /** A new session. */
  begin(): Life {
    return new Life(this.#shared.rows, undefined, undefined, this.binding)
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
    else if (this.#isElsewhere(opened.row)) events.emit('rejected', rowId, { reason: 'binding' })
    else {
      events.emit('loaded', rowId, {})
      const life = new Life(rows, id, opened.row)
      if (opened.late) life.forward()
      return life
    }
    return undefined
  }

  /** The row that ending the session of a cookie's id ends: none from elsewhere. With what it holds, if it was read for that. */
  async endable(id: string, deadline: Deadline): Promise<Endable | undefined> {
    if (this.#shared.options.bind === null) return { id: this.#shared.rows.rowId(id) }
    const row = (await this.open(id, deadline))?.row
    return row && { id: row.id, row }
  }

  /** A session that began while nobody asked for the origin is bound to none. */
  #isElsewhere({ meta }: StoredRow): boolean {
    const isAsked = this.#shared.options.bind !== null && meta.binding !== undefined
    return isAsked && meta.binding !== this.binding.binding
  }
}
