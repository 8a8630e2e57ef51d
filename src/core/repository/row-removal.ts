import { isDeepStrictEqual } from 'node:util'
import type { BackendClient, Question } from '../backend/backend-client.js'
import { type Refusal, refusalOf } from '../backend/refusal.js'
import type { ExpiredRow, PassedRows, RowFilter, RowFilterValue } from '../backend/session-backend.js'
import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline, TimeLimit } from '../concurrency/deadline.js'
import type { Events } from '../events.js'
import type { PropertySchema } from '../properties/property-schema.js'
import { isSession } from './expiry.js'

/** The number of rows in one page, if sessions are ended one by one. */
const longestPage = 1000
/** The most that the clock of another process may be ahead, in milliseconds. */
const mostClockSkew = 60_000

/** The members of the repository that {@link RowRemoval} uses. */
interface RemovableRows {
  readonly schema: PropertySchema
  readonly time: TimeLimit
  readonly events: Events
  now(): Date
  /** The rows that match and are not expired, including marker rows. */
  listAll(where: RowFilter, limit: number, deadline: Deadline): Promise<readonly StoredRow[]>
}

/** Removes many rows: those of matching sessions, all rows, or expired rows. */
export class RowRemoval {
  readonly #client: BackendClient
  readonly #rows: RemovableRows

  constructor(client: BackendClient, rows: RemovableRows) {
    this.#client = client
    this.#rows = rows
  }

  /** Ends the sessions that match. Spares marker rows, which match conditions on defaults or NULL too. */
  async matching(where: RowFilter, except: readonly string[], deadline: Deadline): Promise<number> {
    if (this.#meetsNotes(where)) return this.#sessionsMatching(where, except)
    return this.#client.askSafely((backend, call) => backend.deleteWhere(where, except, call), deadline)
  }

  /** Ends sessions page by page. Each page has its own time limit, because there may be many. */
  async #sessionsMatching(where: RowFilter, except: readonly string[]): Promise<number> {
    let total = 0
    for (;;) {
      const deadline = this.#rows.time.begin()
      const rows = await this.#rows.listAll(where, longestPage, deadline)
      const ids = rows.filter((row) => isSession(row) && !except.includes(row.id)).map(({ id }) => id)
      const removed = ids.length > 0 ? await this.#delete(ids, deadline) : 0
      if (removed === 0) return total
      total += removed
    }
  }

  #delete(ids: readonly string[], deadline: Deadline): Promise<number> {
    return this.#client.askSafely((backend, call) => backend.delete(ids, call), deadline)
  }

  #meetsNotes(where: RowFilter): boolean {
    const { columns, now } = this.#rows.schema
    return Object.entries(where).every(([name, value]) => {
      return name !== 'id' && (value === null || mayEqual(columns.get(name)?.initial(now()), value))
    })
  }

  /**
   * Removes the forwarding rows with these ids, even if the table only marks ended sessions. Rows that the database refuses
   * to remove are left to the clean-up.
   */
  async forwardingRows(ids: readonly string[], deadline: Deadline): Promise<void> {
    const moment = new Date(this.#rows.now().getTime() + mostClockSkew)
    const question: Question<unknown> = (backend, call) =>
      backend.deleteExpired(moment, ids, call).catch((cause) => refusalOf(backend, cause))
    await this.#client.askSafely(question, deadline).catch((error: unknown) => this.#rows.events.warnUnheard(error))
  }

  /** Ends every session. Resolves to the number of rows. */
  all(deadline: Deadline): Promise<number> {
    return this.#client.askSafely((backend, call) => backend.deleteAll(call), deadline)
  }

  /** Finds expired rows. */
  findExpired(now: Date, limit: number, passed: PassedRows): Promise<readonly ExpiredRow[]> {
    return this.#client.askSafely(
      (backend, call) => backend.findExpired(now, limit, passed, call),
      this.#rows.time.begin(),
    )
  }

  /** Removes the rows with these ids that are expired. Resolves to their number, or to the refusal of the database. */
  expired(now: Date, ids: readonly string[]): Promise<number | Refusal> {
    const question: Question<number | Refusal> = (backend, call) =>
      backend.deleteExpired(now, ids, call).catch((cause) => refusalOf(backend, cause))
    return this.#client.askSafely(question, this.#rows.time.begin())
  }

  /** Whether there are rows with an unreadable expiry, if the backend can tell. */
  hasUnreadable(): Promise<boolean> {
    const question: Question<boolean> = async (backend, call) => (await backend.hasUnreadable?.(call)) ?? false
    return this.#client.askSafely(question, this.#rows.time.begin())
  }
}

/** Whether the database may take the value for equal to the default, such as the number 1 and the text `1`. */
function mayEqual(initial: unknown, value: RowFilterValue): boolean {
  if (initial === undefined || isDeepStrictEqual(initial, value)) return true
  if (initial === null || typeof initial === 'object') return false
  const [a, b] = [String(initial).trim().toLowerCase(), String(value).trim().toLowerCase()]
  return a === b || Number(a) === Number(b)
}
