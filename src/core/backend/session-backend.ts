/**
 * The contract between the core and a database. An adapter author reads this file first.
 *
 * A backend stores rows and holds no policy: it never makes ids, never serializes, never decides what a request may
 * see. Core checks every argument before the call, so a backend gets valid input. Each method takes several rows and
 * may use one statement for them; one row's failure to match never changes the outcome of another.
 *
 * A backend never joins a transaction of the application, and never reads from a replica.
 */

/** One session as it is stored. */
export interface SessionRow {
  /** What the row is found by: the hash of the session's id, or the id itself with `hashIds: false`. */
  readonly id: string
  /** The serialized session data; `null` where it is NULL, as rows may be that others have written: then it is empty. */
  readonly data: string | null
  /**
   * The moment from which the session is expired; the last one of a `Date` (8.64e15) where it never is. An invalid date
   * where the column cannot be read, or is NULL: core refuses such a row.
   */
  readonly expires: Date
  /** When the session began, or `null` where the table does not keep it. An invalid date where the column cannot be read. */
  readonly createdAt: Date | null
  /** Grows by one with every update; `null` where the table does not keep it, and where it is NULL. `NaN` where it cannot be read. */
  readonly version: number | null
  /** The values of the custom columns, as the ORM gives them. */
  readonly columns: Readonly<Record<string, unknown>>
}

/** What an update writes. What is absent stays as it is. */
export interface RowValues {
  readonly id?: string
  readonly data?: string | null
  readonly expires?: Date
  readonly version?: number | null
  /** A column with the value `undefined` goes back to the default that the database has for it. */
  readonly columns?: Readonly<Record<string, unknown>>
}

/** Writes `values` to the row `id`, if it still has `version` and is not expired at `now`. */
export interface RowUpdate {
  readonly id: string
  /** `null` for a row whose version is NULL, and on a table without versions, where only `id` and `now` guard. */
  readonly version: number | null
  readonly now: Date
  readonly values: RowValues
}

/** Moves the expiry of the row `id`, if it still has `version` and is not expired at `now`. The version stays. */
export interface RowTouch {
  readonly id: string
  /** As in {@link RowUpdate}. */
  readonly version: number | null
  readonly now: Date
  readonly expires: Date
}

/**
 * Values that a custom column, or `id`, must equal. `null` finds NULL. Text is equal only if it is the same, code point by code
 * point: not what a collation of the database takes for equal, which may be another user's name.
 */
export type RowFilter = Readonly<Record<string, RowFilterValue>>

/** What a filter may compare with: plain values, so that no operator comes in from a request. */
export type RowFilterValue = string | number | bigint | boolean | Date | null

/** A row that is expired, as the clean-up sees it. */
export type ExpiredRow = Pick<SessionRow, 'id' | 'expires'>

/** The expired rows that the clean-up has left behind, since they could not be removed. */
export interface PassedRows {
  /** What expires earlier was tried already; `null` where that is not known. */
  readonly from: Date | null
  /** What was tried of the others, by id. */
  readonly except: readonly string[]
}

/** A custom column of the model: a property of the session. */
export interface SessionColumn {
  /** The name of the property on the row and on the session. */
  readonly name: string
  /**
   * What the property is in a session that begins `now`, and what removing it leaves: the column's own default, as it is read
   * again when the session is stored, else `null`; a fresh value each time. `undefined` where only the database knows the
   * default: then the insert leaves the column out.
   */
  initial(now: Date): unknown
}

/** What differs between databases and tables, as data. */
export interface BackendCapabilities {
  /** Whether rows have a `version`. Without it two writers can overwrite each other. */
  readonly versions: boolean
  /** Whether rows have a `createdAt`. Without it there is no absolute timeout. */
  readonly creationDates: boolean
  /** The longest id that the table can hold, in characters; `null` where there is no limit. */
  readonly idLength: number | null
  /** The most data that a row can hold, in bytes of UTF-8; `null` where there is no limit. */
  readonly dataBytes: number | null
  /** The last moment that `expires` can be, in milliseconds since 1970; `null` or absent where no session reaches it. */
  readonly latestExpiry?: number | null
}

/**
 * For each row whether it was written; `null` where that was not tried, since somebody has locked the row, or the statement
 * was refused as a whole: that row is to be written alone. A call for one row never gives `null`.
 */
export type RowsWritten = readonly (boolean | null)[]

/**
 * What a failure of the database means for the statement that met it, and so whether it may be sent again:
 * - `conflict`: nothing was written, since others were in the way (a deadlock, a serialization failure). The same statement
 *   may succeed at once.
 * - `timeout`: nothing was written, since the database or the pool gave up waiting for a lock or a connection.
 * - `unavailable`: nothing was written, since there was no connection, or the database takes no statements, or no writes,
 *   for some seconds (it starts, it is read-only after a failover).
 * - `uncertain`: the connection was lost after the statement was sent, so that nobody knows whether it was executed.
 * - `failed`: anything else, which another try does not mend.
 */
export type BackendFailure = 'conflict' | 'timeout' | 'unavailable' | 'uncertain' | 'failed'

/**
 * Why a call of a backend has failed, in sentences for the message of the error, which is logged: without an id, data or any
 * other value of the statement.
 */
export interface FailureReason {
  /** What went wrong, such as `The table web_sessions does not exist (42P01).` */
  readonly problem: string
  /** What to do about it. */
  readonly fix: string
}

/** What a backend waits for: a free connection of the pool, or the answer to a statement that was sent. */
export type BackendWait = 'connection' | 'answer'

/** One call of a backend's method, and how long its answer is wanted. */
export interface BackendCall {
  /** Whether the time limit has passed, so that nobody waits for the answer any more. Then nothing is to be sent. */
  readonly isOver: boolean
  /**
   * Tells what the backend waits for from now on, which the error `BACKEND_TIMEOUT` names. When the time limit passes,
   * `abandon` is called, once: it gives the connection up, so that a statement that hangs does not keep it.
   */
  waitsFor(what: BackendWait, abandon?: () => void): void
}

/**
 * Where sessions are kept. `Columns` are the types of the model's custom columns.
 *
 * Every method rejects when the database fails, and then has changed nothing for the rows of that call that the
 * database did not confirm.
 */
export interface SessionBackend<Columns extends object = object> {
  readonly capabilities: BackendCapabilities
  /** The custom columns, in the order of their declaration. Another list when they have changed, else always the same. */
  readonly columns: readonly SessionColumn[]
  /** The clock of the model, if it was given one: milliseconds since 1970. */
  readonly now?: (() => number) | undefined
  /** Only a type, never set: which columns the sessions of this backend have. `declare readonly columnTypes?: …` */
  readonly columnTypes?: Columns
  /** What an error means that one of the methods rejected with. Without this method every error means `failed`. */
  failureOf?(error: unknown): BackendFailure
  /**
   * Why one of the methods rejected with this error, as the message of the `SessionError` tells it. Without this method, or
   * with `undefined`, the message tells what the failure means, and refers to the cause.
   */
  explain?(error: unknown): FailureReason | undefined
  /**
   * Whether `update` and `touch` write several rows in one statement at this moment. It is called before each write: if so,
   * they get the writes of several requests at once, else each alone. Without this method each is written alone.
   */
  batchesWrites?(): boolean
  /** The rows with these ids, expired ones too, in any order. Ids that do not exist are left out. */
  find(ids: readonly string[], call?: BackendCall): Promise<readonly SessionRow[]>
  /** Adds rows. Rejects, and adds none, if an id exists already. It must never replace a row. */
  insert(rows: readonly SessionRow[], call?: BackendCall): Promise<void>
  /**
   * Tells for each update whether its row was written. `false` when the guard did not match. Of several, the ids differ, and
   * all write the same: the same columns, the data or not; none writes an id.
   */
  update(updates: readonly RowUpdate[], call?: BackendCall): Promise<RowsWritten>
  /** Tells for each touch whether its row was written. The ids differ. */
  touch(touches: readonly RowTouch[], call?: BackendCall): Promise<RowsWritten>
  /** Ends the sessions with these ids, and tells how many there were. */
  delete(ids: readonly string[], call?: BackendCall): Promise<number>
  /** The rows that match and are not expired at `now`, the oldest expiry first, at most `limit`. */
  list(where: RowFilter, now: Date, limit: number, call?: BackendCall): Promise<readonly SessionRow[]>
  /** Ends every session that matches, but not those with the ids in `except`, and tells how many it ended. */
  deleteWhere(where: RowFilter, except: readonly string[], call?: BackendCall): Promise<number>
  /** At most `limit` rows that are expired at `now`, the oldest expiry first, but not those that were `passed`. */
  findExpired(now: Date, limit: number, passed: PassedRows, call?: BackendCall): Promise<readonly ExpiredRow[]>
  /** Removes those of the rows with these ids that are expired at `now`, and tells how many. */
  deleteExpired(now: Date, ids: readonly string[], call?: BackendCall): Promise<number>
  /**
   * Whether there are rows whose expiry cannot be read, as far as those show that are first and last in its order. Without
   * this method the clean-up does not tell of them.
   */
  hasUnreadable?(call?: BackendCall): Promise<boolean>
  /** Ends every session, and tells how many there were. */
  deleteAll(call?: BackendCall): Promise<number>
}

/**
 * The key under which a registered model makes its backend. `Symbol.for`, so that two copies of this package agree.
 */
export const sessionBackend: unique symbol = Symbol.for('koa-session-model.backend') as never

/** A model that `registerSessionModel` has mapped: it can make a backend. */
export interface RegisteredModel<Columns extends object = object> {
  [sessionBackend](): SessionBackend<Columns>
}
