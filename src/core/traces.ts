import { SessionError } from './errors.js'
import type { StoredRow } from './record.js'
import type { Rows } from './rows.js'
import { decodeColumns, decodeContent, encodeColumns, encodeContent, type TraceContent } from './trace-content.js'

/** Why there is no session: its row is not there, or it is expired. */
export type GoneReason = 'ended' | 'expired'

/** A row that an id opens, and whether it is only what the session was: its row stands under another id by now. */
export interface Opened {
  readonly row: StoredRow
  readonly late: boolean
}

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
  open(rowId: string): Promise<Opened | GoneReason> {
    return this.#rows.findOne(rowId).then((own) => {
      if (!own) return this.#openReplaced(rowId)
      return this.#rows.isAlive(own) ? { row: own, late: false } : 'expired'
    })
  }

  async #openReplaced(rowId: string): Promise<Opened | GoneReason> {
    const { grace, now } = this.#rows.options
    if (grace === 0) return 'ended'
    const { trace } = await this.#findLeft(rowId)
    if (!trace || now() >= replacedAt(trace) + grace) return 'ended'
    const successor = await this.follow(this.#successorOf(trace))
    return typeof successor === 'string' ? successor : { row: this.#snapshotOf(trace, rowId, successor), late: true }
  }

  /** The row that the session has now which once had this one; or why there is none. */
  async follow(rowId: string): Promise<StoredRow | GoneReason> {
    const own = await this.#rows.findOne(rowId)
    if (own) return this.#rows.isAlive(own) ? own : 'expired'
    const { trace } = await this.#findLeft(rowId)
    return trace ? this.follow(this.#successorOf(trace)) : 'ended'
  }

  /** Ends the session that has this row, or once had it, and tells how many there were: one or none. */
  async end(rowId: string): Promise<number> {
    const count = await this.#rows.delete(rowId)
    if (count > 0) return count
    const { trace } = await this.#findLeft(rowId)
    return trace ? this.end(this.#successorOf(trace)) : 0
  }

  /**
   * Leaves a trace before the id of `row` is replaced, so that there is no moment in which neither id leads to the
   * session. Tells `false` if somebody else is about to replace it, has replaced it, or has ended the session.
   */
  async leave(row: StoredRow, successor: string): Promise<boolean> {
    try {
      await this.#put(row, successor)
      return true
    } catch (error) {
      const own = await this.#rows.findOne(row.id)
      if (!own) return false
      const { trace, other } = await this.#findLeft(row.id)
      const there = trace ?? other
      if (!there) throw error
      const isOurs = trace !== undefined && this.#contentOf(trace).successor === successor
      if (!isOurs && this.#rows.options.now() < replacedAt(there) + longestReplacement) return false
      return (await this.#put(row, successor, there)) !== undefined
    }
  }

  /** After the id was replaced: if that took long, somebody may have taken the trace, left at `since`, for left behind. */
  async confirm(row: StoredRow, successor: string, since: number): Promise<void> {
    if (this.#rows.options.now() - since < longestReplacement / 2) return
    const { trace, other } = await this.#findLeft(row.id)
    if (trace && this.#contentOf(trace).successor === successor) return
    await this.#put(row, successor, trace ?? other)
  }

  /** Removes what {@link leave} left, where the session has ended before its id was replaced. */
  async erase(rowId: string): Promise<void> {
    await this.#rows.delete(traceId(rowId))
  }

  /** Writes the trace, in place of what stands there. Without the columns, if there is no room for them. */
  async #put(row: StoredRow, successor: string, there?: StoredRow): Promise<StoredRow | undefined> {
    try {
      return await this.#write(row, { successor, columns: encodeColumns(row.columns) }, there)
    } catch (error) {
      if (!(error instanceof SessionError) || error.code !== 'DATA_TOO_LARGE') throw error
      return this.#write(row, { successor, columns: '' }, there)
    }
  }

  #write(row: StoredRow, content: TraceContent, there?: StoredRow): Promise<StoredRow | undefined> {
    const id = traceId(row.id)
    const now = this.#rows.now()
    const { data, key } = this.#rows.vault.seal(id, encodeContent(content))
    const sealed = { trace: data ?? '', ...(key !== undefined && { traceKey: key }) }
    const meta = { ...row.meta, ...sealed, replacedAt: now.getTime() }
    const text = row.data ?? this.#rows.schema.emptyText
    return there ? this.#rows.rewriteNote(there, meta, now, text) : this.#rows.insertNote(id, meta, now, text)
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

  #successorOf(trace: StoredRow): string {
    return this.#contentOf(trace).successor
  }

  /** Where there are keys, a trace that is not encrypted is none. */
  #isTrace({ meta }: StoredRow): boolean {
    return meta.trace !== undefined && (meta.traceKey !== undefined || !this.#rows.vault.isLocked)
  }

  /** What stands where the trace would: in most cases nobody asks, since the row itself is there. */
  async #findLeft(rowId: string): Promise<Left> {
    const left = await this.#rows.findOne(traceId(rowId))
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
