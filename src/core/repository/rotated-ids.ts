import { noMeta, type StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { retry } from '../concurrency/retry.js'
import { SessionError } from '../errors.js'
import type { GoneReason } from '../events.js'
import {
  closedTo,
  decodeColumns,
  decodeContent,
  encodeColumns,
  encodeContent,
  type TraceContent,
} from './forwarding-row.js'
import type { Rows } from './session-repository.js'

/** A row that an id opens, and whether it is only what the session was: its row stands under another id by now. */
export interface Opened {
  readonly row: StoredRow
  readonly late: boolean
}

/** What a request knows of the row of its session: where it was, where it was found last, and the id that it gets. */
interface RequestedRow {
  readonly rowId: string
  readonly reach: string
  readonly nextId: string | undefined
}

type Snapshot = Pick<StoredRow, 'data' | 'meta'>

/** What the trace of an id keeps that opens nothing any more. */
const nothing: Snapshot = { data: null, meta: noMeta }

interface Left {
  readonly trace: StoredRow | undefined
  /** What stands where the trace would, and is none. */
  readonly other: StoredRow | undefined
}

/** Nobody takes so long between leaving a trace and replacing the id, in milliseconds: such a trace was left behind by a crash. */
const longestReplacement = 5000

/**
 * What a session leaves under its old id when `regenerate()` gives it another: a row that names the successor, and keeps
 * what the session was.
 *
 * Requests that began with the old id find the session by it, write to it and end it. Requests that come with the old
 * id in the next moments do so too; they see the session as it was when it had that id, and never what only the new id
 * opens. A trace is an expired row to everybody else, and is removed with the expired rows.
 */
export class Traces {
  readonly #rows: Rows

  constructor(rows: Rows) {
    this.#rows = rows
  }

  /**
   * The living session that a cookie's id opens: its row; or, while the id was replaced a moment ago, the row as it was
   * then, under the old id.
   */
  open(rowId: string, deadline: Deadline): Promise<Opened | GoneReason> {
    return this.#rows.findOne(rowId, deadline).then((own) => {
      if (!own) return this.#openReplaced(rowId, deadline)
      return this.#rows.isAlive(own) ? { row: own, late: false } : 'expired'
    })
  }

  async #openReplaced(rowId: string, deadline: Deadline): Promise<Opened | GoneReason> {
    const { grace, now } = this.#rows.options
    if (grace === 0) return 'ended'
    const { trace } = await this.#findLeft(rowId, deadline)
    if (!trace || now() >= replacedAt(trace) + grace) return 'ended'
    const successor = await this.#follow(trace, deadline, true)
    return typeof successor === 'string' ? successor : { row: this.#snapshotOf(trace, rowId, successor), late: true }
  }

  /**
   * The row that the session has now which once had this one; or why there is none. `isOpening` is for those who would open
   * the session by an old id, or begin another one with what is in it.
   */
  async follow(rowId: string, deadline: Deadline, isOpening = false): Promise<StoredRow | GoneReason> {
    const own = await this.#rows.findOne(rowId, deadline)
    if (own) return this.#rows.isAlive(own) ? own : 'expired'
    const { trace } = await this.#findLeft(rowId, deadline)
    return trace ? this.#follow(trace, deadline, isOpening) : 'ended'
  }

  /** The row that the session of a request has now; or why there is none. To a request that gives it another id, an old one must lead. */
  async successorFor({ rowId, reach, nextId }: RequestedRow, deadline: Deadline): Promise<StoredRow | GoneReason> {
    if (nextId === undefined) return this.follow(reach, deadline)
    const opened = await this.follow(rowId, deadline, true)
    return opened === 'ended' ? this.follow(reach, deadline, true) : opened
  }

  #follow(trace: StoredRow, deadline: Deadline, isOpening: boolean): Promise<StoredRow | GoneReason> | GoneReason {
    const { successor, isClosed } = this.#contentOf(trace)
    return isOpening && isClosed ? 'replaced' : this.follow(successor, deadline, isOpening)
  }

  /** Ends the session that has this row, or once had it, and tells how many there were: one or none. */
  async end(rowId: string, deadline: Deadline): Promise<number> {
    const count = await this.#rows.delete(rowId, deadline)
    if (count > 0) return count
    const { trace } = await this.#findLeft(rowId, deadline)
    return trace ? this.end(this.#contentOf(trace).successor, deadline) : 0
  }

  /**
   * Leaves a trace before the id of `row` is replaced, so that there is no moment in which neither id leads to the
   * session. Tells `false` if somebody else is about to replace it, has replaced it, or has ended the session. A trace that
   * `isClosed` opens nothing: it only leads those to the session who are under way.
   */
  async leave(row: StoredRow, successor: string, deadline: Deadline, isClosed = false): Promise<boolean> {
    try {
      await this.#put(row, successor, isClosed, deadline)
      return true
    } catch (error) {
      const own = await this.#rows.findOne(row.id, deadline)
      if (!own) return false
      const { trace, other } = await this.#findLeft(row.id, deadline)
      const there = trace ?? other
      if (!there) throw this.#rows.told(error)
      const isOurs = trace !== undefined && this.#contentOf(trace).successor === successor
      if (!isOurs && this.#rows.options.now() < replacedAt(there) + longestReplacement) return false
      return (await this.#put(row, successor, isClosed, deadline, there)) !== undefined
    }
  }

  /** After the id was replaced: if that took long, somebody may have taken the trace, left at `since`, for left behind. */
  async confirm(
    row: StoredRow,
    successor: string,
    isClosed: boolean,
    since: number,
    deadline: Deadline,
  ): Promise<void> {
    if (this.#rows.options.now() - since < longestReplacement / 2) return
    const { trace, other } = await this.#findLeft(row.id, deadline)
    if (trace && this.#contentOf(trace).successor === successor) return
    await this.#put(row, successor, isClosed, deadline, trace ?? other).catch((error: unknown) => {
      throw this.#rows.told(error)
    })
  }

  /** Removes what {@link leave} left, where the session has ended before its id was replaced. */
  async erase(rowId: string, deadline: Deadline): Promise<void> {
    await this.#rows.delete(traceId(rowId), deadline)
  }

  /** From now on the id opens nothing, if it was replaced. */
  async close(rowId: string, deadline: Deadline): Promise<void> {
    await retry(async () => {
      const { trace } = await this.#findLeft(rowId, deadline)
      if (!trace) return true
      const { successor } = this.#contentOf(trace)
      return (await this.#write(rowId, closedTo(successor), nothing, deadline, trace)) !== undefined
    }, deadline)
  }

  /** Writes the trace, in place of what stands there. Without the columns, if there is no room for them. */
  async #put(
    row: StoredRow,
    successor: string,
    isClosed: boolean,
    deadline: Deadline,
    there?: StoredRow,
  ): Promise<StoredRow | undefined> {
    if (isClosed) return this.#write(row.id, closedTo(successor), nothing, deadline, there)
    try {
      return await this.#write(row.id, { successor, columns: encodeColumns(row.columns) }, row, deadline, there)
    } catch (error) {
      if (!(error instanceof SessionError) || error.code !== 'DATA_TOO_LARGE') throw error
      return this.#write(row.id, { successor, columns: '' }, row, deadline, there)
    }
  }

  /** With what the session was, for those who will open it by this id. */
  #write(
    rowId: string,
    content: TraceContent,
    snapshot: Snapshot,
    deadline: Deadline,
    there?: StoredRow,
  ): Promise<StoredRow | undefined> {
    const id = traceId(rowId)
    const now = this.#rows.now()
    const { data, key } = this.#rows.vault.seal(id, encodeContent(content))
    const sealed = { trace: data ?? '', ...(key !== undefined && { traceKey: key }) }
    const meta = { ...snapshot.meta, ...sealed, replacedAt: now.getTime() }
    const text = snapshot.data ?? this.#rows.schema.emptyText
    return there
      ? this.#rows.rewriteNote(there, meta, now, deadline, text)
      : this.#rows.insertNote(id, meta, now, deadline, text)
  }

  /** Bound to the trace: who can write to the table cannot lead one session to the data of another. */
  #contentOf({ id, meta }: StoredRow): TraceContent {
    const { trace = '', traceKey: key } = meta
    return decodeContent(this.#rows.vault.open({ id, data: trace, meta: key === undefined ? {} : { key } }) ?? '')
  }

  /** The session as it was when it had the id. */
  #snapshotOf(trace: StoredRow, rowId: string, { expires, createdAt }: StoredRow): StoredRow {
    const { trace: _, traceKey, replacedAt, ...meta } = trace.meta
    const columns = decodeColumns(this.#contentOf(trace).columns)
    return { ...trace, id: rowId, meta, columns, expires, createdAt }
  }

  /** Where there are keys, a trace that is not encrypted is none. */
  #isTrace({ meta }: StoredRow): boolean {
    return meta.trace !== undefined && (meta.traceKey !== undefined || !this.#rows.vault.isLocked)
  }

  /** What stands where the trace would: in most cases nobody asks, since the row itself is there. */
  async #findLeft(rowId: string, deadline: Deadline): Promise<Left> {
    const left = await this.#rows.findOne(traceId(rowId), deadline)
    return left && this.#isTrace(left) ? { trace: left, other: undefined } : { trace: undefined, other: left }
  }
}

/** As long as an id, and none that a cookie can hold. */
function traceId(rowId: string): string {
  return `~${rowId.slice(1)}`
}

function replacedAt({ meta }: StoredRow): number {
  return meta.replacedAt ?? 0
}
