import type { BackendCall, BackendFailure, FailureReason } from './backend-call.js'

export type { BackendCall, BackendFailure, BackendWait, FailureReason } from './backend-call.js'

/**
 * The contract between the core and a database. Authors of backends read this file first.
 *
 * A backend stores rows and has no policy: it never makes ids, never serializes, and never decides what a request may
 * see. Core checks all arguments before the call. A method that takes several rows may use one statement for them; a row
 * that does not match never changes the outcome for another row.
 *
 * A backend never joins a transaction of the application, and never reads from a replica.
 */

/** The row of one session. */
export interface SessionRow {
  /** The key of the row: the hash of the session's id, or the id itself with `hashIds: false`. */
  readonly id: string
  /** The serialized data of the session; `null` for NULL, which other programs may have written: then there is no data. */
  readonly data: string | null
  /**
   * The moment from which the session is expired; the last moment of a `Date` (8.64e15) if it never expires. An invalid
   * date if the column is NULL or cannot be read: core refuses such a row.
   */
  readonly expires: Date
  /** When the session began; `null` if the table does not keep it. An invalid date if the column cannot be read. */
  readonly createdAt: Date | null
  /** Grows by one with every update; `null` if the table does not keep it or it is NULL. `NaN` if it cannot be read. */
  readonly version: number | null
  /** When the session was last used; `null` if that is not known. Absent if the table does not keep it. */
  readonly lastSeenAt?: Date | null | undefined
  /** The values of the custom columns, as the ORM returns them. */
  readonly columns: Readonly<Record<string, unknown>>
}

/** The values that an update writes. Absent ones stay as they are. */
export interface RowValues {
  readonly id?: string
  readonly data?: string | null
  readonly expires?: Date
  readonly version?: number | null
  /** When the session was used. The row keeps the later one of this moment and its own. Only with {@link BackendCapabilities.lastSeenDates}. */
  readonly lastSeenAt?: Date
  /** A column whose value is `undefined` is set to its default in the database. */
  readonly columns?: Readonly<Record<string, unknown>>
}

/** Writes `values` to the row `id`, if it still has `version` and is not expired at `now`. */
export interface RowUpdate {
  readonly id: string
  /** `null` for a row whose version is NULL, and for a table without versions, whose updates are guarded by `id` and `now` only. */
  readonly version: number | null
  readonly now: Date
  readonly values: RowValues
}

/** Moves the expiry, notes a use, or both, if the row still has `version` and is not expired at `now`. The version stays. */
export interface RowTouch {
  readonly id: string
  /** `null` in the cases of {@link RowUpdate.version}. */
  readonly version: number | null
  readonly now: Date
  /** Absent if the expiry stays as it is: only with {@link BackendCapabilities.lastSeenDates}. */
  readonly expires?: Date
  /** As {@link RowValues.lastSeenAt}. */
  readonly lastSeenAt?: Date
}

/**
 * The values that custom columns, or `id`, must equal. `null` matches NULL. Text must be equal code point by code point: a
 * collation of the database may take another user's name for equal.
 */
export type RowFilter = Readonly<Record<string, RowFilterValue>>

/** A value to compare a column with. Only plain values, so that a request cannot smuggle in an operator. */
export type RowFilterValue = string | number | bigint | boolean | Date | null

/** The rows that count as living sessions, besides that their ids do not begin with `~`: such rows are no sessions. */
export interface LivingRows {
  /** Only rows that are not expired at this moment. */
  readonly now: Date
  /** Only rows that began later, and those whose `createdAt` is NULL; `null` for all, and always if there is no `createdAt`. */
  readonly createdAfter: Date | null
}

/** Living sessions in the order of their ids. */
export interface IdPage extends LivingRows {
  /** The most rows. */
  readonly limit: number
  /** Only rows whose ids are behind this one; `null` for all. There need not be a row with this id. */
  readonly after: string | null
}

/** An expired row, as the clean-up reads it. */
export type ExpiredRow = Pick<SessionRow, 'id' | 'expires'>

/** The expired rows that the clean-up has tried and could not remove. */
export interface PassedRows {
  /** All rows that expire earlier were tried; `null` if that is not known. */
  readonly from: Date | null
  /** The ids of the other rows that were tried. */
  readonly except: readonly string[]
}

/** A custom column of the model: a property of the session. */
export interface SessionColumn {
  /** The name of the property on the row and on the session. */
  readonly name: string
  /**
   * Returns a fresh value for a session that begins `now`, or for a property that is removed: the default of the column, as
   * it would be read after it was stored, else `null`. `undefined` if only the database knows the default: then the insert
   * leaves the column out.
   */
  initial(now: Date): unknown
}

/** The differences between databases and between tables, as data. */
export interface BackendCapabilities {
  /** Whether rows have a `version`. Without it two writers can overwrite each other. */
  readonly versions: boolean
  /** Whether rows have a `createdAt`. Without it there is no absolute timeout. */
  readonly creationDates: boolean
  /** Whether rows keep `lastSeenAt`. Without it, or if it is absent, core passes none. */
  readonly lastSeenDates?: boolean
  /** The longest id that the table can hold, in characters; `null` if there is no limit. */
  readonly idLength: number | null
  /** The most data that a row can hold, in bytes of UTF-8; `null` if there is no limit. */
  readonly dataBytes: number | null
  /** The last moment that `expires` can hold, in milliseconds since 1970; `null` or absent if no session reaches it. */
  readonly latestExpiry?: number | null
}

/**
 * Whether each row was written. `null` for a row that was not tried, because it is locked or the statement was refused as a
 * whole: core then writes that row alone. A call with one row never returns `null`.
 */
export type RowsWritten = readonly (boolean | null)[]

/**
 * Stores sessions. `Columns` are the types of the custom columns of the model.
 *
 * Every method rejects if the database fails. Then it has changed nothing for the rows of the call that the database did
 * not confirm.
 *
 * @see docs/write-a-backend.md
 */
export interface SessionBackend<Columns extends object = object> {
  readonly capabilities: BackendCapabilities
  /** The custom columns, in the order of their declaration. Always one and the same array, until the columns change. */
  readonly columns: readonly SessionColumn[]
  /** The clock of the model, if it has one: milliseconds since 1970. */
  readonly now?: (() => number) | undefined
  /** The types of the columns, for TypeScript only: never set. Declare it by `declare readonly columnTypes?: …`. */
  readonly columnTypes?: Columns
  /** The meaning of an error that a method rejected with. Without this method every error means `failed`. */
  failureOf?(error: unknown): BackendFailure
  /**
   * The reason of an error that a method rejected with, for the message of the `SessionError`. Without this method, or if it
   * returns `undefined`, the message explains the {@link BackendFailure} and refers to the cause.
   */
  explain?(error: unknown): FailureReason | undefined
  /**
   * Whether `update` and `touch` write several rows in one statement at this moment. Core asks before each write. If so, it
   * passes the writes of several requests in one call; else, or without this method, it passes each write alone.
   */
  batchesWrites?(): boolean
  /** Finds the rows with these ids, expired ones too, in any order. Leaves out ids that do not exist. */
  find(ids: readonly string[], call?: BackendCall): Promise<readonly SessionRow[]>
  /** Adds rows. Rejects and adds none if one of the ids exists already: it must never replace a row. */
  insert(rows: readonly SessionRow[], call?: BackendCall): Promise<void>
  /**
   * Writes to rows. If there are several updates, their ids differ, none writes an id, and all write the same parts: the
   * same columns, and either all the data or none.
   *
   * @returns For each update whether its row was written; `false` if `version` or `now` did not match.
   */
  update(updates: readonly RowUpdate[], call?: BackendCall): Promise<RowsWritten>
  /** Moves expiries and notes uses. The ids differ, and all write the same parts. Tells for each whether it was written. */
  touch(touches: readonly RowTouch[], call?: BackendCall): Promise<RowsWritten>
  /** Ends the sessions with these ids. Resolves to their number. */
  delete(ids: readonly string[], call?: BackendCall): Promise<number>
  /** Finds at most `limit` rows that match and are not expired at `now`, the earliest expiry first. */
  list(where: RowFilter, now: Date, limit: number, call?: BackendCall): Promise<readonly SessionRow[]>
  /**
   * Finds the first rows of living sessions that match, in the order of their ids. Returns fewer than the limit only if there
   * are no more. Any order will do in which each id has one fixed place.
   */
  listById(where: RowFilter, page: IdPage, call?: BackendCall): Promise<readonly SessionRow[]>
  /** Counts the rows of living sessions that match. */
  count(where: RowFilter, living: LivingRows, call?: BackendCall): Promise<number>
  /** Ends the sessions that match, except those with the ids in `except`. Resolves to their number. */
  deleteWhere(where: RowFilter, except: readonly string[], call?: BackendCall): Promise<number>
  /** Finds at most `limit` rows that are expired at `now`, the earliest expiry first, without those in `passed`. */
  findExpired(now: Date, limit: number, passed: PassedRows, call?: BackendCall): Promise<readonly ExpiredRow[]>
  /** Removes the rows with these ids that are expired at `now`. Resolves to their number. */
  deleteExpired(now: Date, ids: readonly string[], call?: BackendCall): Promise<number>
  /**
   * Whether there are rows whose expiry cannot be read. Looking at the first and the last rows in its order is enough.
   * Without this method the clean-up does not report such rows.
   */
  hasUnreadable?(call?: BackendCall): Promise<boolean>
  /** Ends every session. Resolves to their number. */
  deleteAll(call?: BackendCall): Promise<number>
}

/** The key of the method by which a registered model makes its backend. `Symbol.for`, so that two copies of this package agree. */
export const sessionBackend: unique symbol = Symbol.for('koa-session-model.backend') as never

/** A model that `registerSessionModel` returned: it can make a backend. */
export interface RegisteredModel<Columns extends object = object> {
  [sessionBackend](): SessionBackend<Columns>
}
