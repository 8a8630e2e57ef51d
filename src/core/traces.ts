import { deserialize, serialize } from 'node:v8'
import type { SessionRow } from './backend.js'
import { isAlive } from './expiry.js'
import type { SessionMeta, StoredRow } from './record.js'
import type { Rows } from './rows.js'
import { corrupt } from './serializer.js'

/** Why there is no session: its row is not there, or it is expired. */
export type GoneReason = 'ended' | 'expired'

/** A row that an id opens, and whether it is only what the session was: its row stands under another id by now. */
export interface Opened {
  readonly row: StoredRow
  readonly late: boolean
}

interface Found {
  readonly own: StoredRow | undefined
  readonly trace: StoredRow | undefined
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
  async open(rowId: string): Promise<Opened | GoneReason> {
    const { grace, now } = this.#rows.options
    const { own, trace } = grace === 0 ? await this.#findOwn(rowId) : await this.#find(rowId)
    if (own) return isAlive(this.#rows.options, own) ? { row: own, late: false } : 'expired'
    if (!trace || now() >= replacedAt(trace) + grace) return 'ended'
    const successor = await this.follow(this.#successorOf(trace))
    return typeof successor === 'string' ? successor : { row: snapshotOf(trace, rowId, successor), late: true }
  }

  /** The row that the session has now which once had this one; or why there is none. */
  async follow(rowId: string): Promise<StoredRow | GoneReason> {
    const { own, trace } = await this.#find(rowId)
    if (own) return isAlive(this.#rows.options, own) ? own : 'expired'
    return trace ? this.follow(this.#successorOf(trace)) : 'ended'
  }

  /** Ends the session that has this row, or once had it, and tells how many there were: one or none. */
  async end(rowId: string): Promise<number> {
    const count = await this.#rows.delete(rowId)
    if (count > 0) return count
    const { trace } = await this.#find(rowId)
    return trace ? this.end(this.#successorOf(trace)) : 0
  }

  /**
   * Leaves a trace before the id of `row` is replaced, so that there is no moment in which neither id leads to the
   * session. Tells `false` if somebody else is about to replace it, has replaced it, or has ended the session.
   */
  async leave(row: StoredRow, successor: string): Promise<boolean> {
    const now = this.#rows.now()
    const sealed = this.#seal(row.id, successor)
    const meta = { ...row.meta, ...sealed, replacedAt: now.getTime(), columns: encodeColumns(row.columns) }
    try {
      await this.#rows.insertNote(traceId(row.id), meta, now, row.data)
      return true
    } catch (error) {
      const { own, trace } = await this.#find(row.id)
      if (!own) return false
      if (!trace) throw error
      const isOurs = this.#successorOf(trace) === successor
      const isLeftBehind = now.getTime() >= replacedAt(trace) + longestReplacement
      if (!isOurs && !isLeftBehind) return false
      return (await this.#rows.rewriteNote(trace, meta, now, row.data)) !== undefined
    }
  }

  /** Removes what {@link leave} left, where the session has ended before its id was replaced. */
  async erase(rowId: string): Promise<void> {
    await this.#rows.delete(traceId(rowId))
  }

  /** Bound to the trace: who can write to the table cannot lead one session to the data of another. */
  #seal(rowId: string, successor: string): SessionMeta {
    const { data, key } = this.#rows.vault.seal(traceId(rowId), successor)
    return { successor: data ?? '', ...(key !== undefined && { successorKey: key }) }
  }

  #successorOf({ id, meta }: StoredRow): string {
    const { successor = '', successorKey: key } = meta
    return this.#rows.vault.open({ id, data: successor, meta: key === undefined ? {} : { key } }) ?? ''
  }

  /** Where there are keys, a trace that is not encrypted is none. */
  #isTrace({ meta }: StoredRow): boolean {
    return meta.successor !== undefined && (meta.successorKey !== undefined || !this.#rows.vault.isLocked)
  }

  async #findOwn(rowId: string): Promise<Found> {
    const [own] = await this.#rows.find(rowId)
    return { own: own?.id === rowId ? own : undefined, trace: undefined }
  }

  async #find(rowId: string): Promise<Found> {
    const rows = await this.#rows.find(rowId, traceId(rowId))
    const own = rows.find(({ id }) => id === rowId)
    const trace = rows.find((row) => row.id === traceId(rowId) && this.#isTrace(row))
    return { own, trace }
  }
}

/** As long as an id, and none that a cookie can hold. */
function traceId(rowId: string): string {
  return `~${rowId.slice(1)}`
}

function replacedAt({ meta }: StoredRow): number {
  return meta.replacedAt ?? 0
}

function snapshotOf(trace: StoredRow, rowId: string, { expires, createdAt }: StoredRow): StoredRow {
  const { successor, replacedAt, columns, ...meta } = trace.meta
  return { ...trace, id: rowId, meta, columns: columns ? decodeColumns(columns) : {}, expires, createdAt }
}

function decodeColumns(text: string): SessionRow['columns'] {
  let columns: unknown
  try {
    columns = deserialize(Buffer.from(text, 'base64'))
  } catch (cause) {
    throw corrupt(cause)
  }
  if (typeof columns !== 'object' || columns === null) throw corrupt()
  return columns as SessionRow['columns']
}

/** A value that cannot be cloned is left out: the column is then what it is in a new session. */
function encodeColumns(columns: SessionRow['columns']): string {
  const entries = Object.entries(columns).filter(([, value]) => isCloneable(value))
  return serialize(Object.fromEntries(entries)).toString('base64')
}

function isCloneable(value: unknown): boolean {
  try {
    serialize(value)
    return true
  } catch {
    return false
  }
}
