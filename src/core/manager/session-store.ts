import type { SessionData, SessionProperties } from '../session/session-types.js'
import type { ListedSession, ListOptions } from './manager-types.js'

/**
 * What became of an operation on a stored session:
 * - `written`: the database has it.
 * - `unchanged`: there was nothing to write.
 * - `gone`: the session was ended or has expired since it was loaded. Nothing was written, and nothing ever will be.
 */
export type StoreOutcome = 'written' | 'unchanged' | 'gone'

/** How long a session that a host keeps lives. */
export interface StoreOptions {
  /**
   * The idle timeout of this session, in milliseconds; `null` for that of the manager. Default: as it was. The option
   * `absoluteTimeout` of the manager counts too.
   */
  readonly maxAge?: number | null
}

/**
 * The sessions of a host that keeps ids and cookies itself, such as express-session: the contract for its adapter.
 *
 * Properties are copied when they are passed, as they would be read again. Operations on one id run in the order of the
 * calls. All of them reject with `BACKEND_FAILED`, `BACKEND_TIMEOUT` or `CONFLICT` if the database fails, with `ID_INVALID` for
 * an id that is no text or is empty, and with `MANAGER_CLOSED` after `close()`.
 *
 * @example
 * ```ts
 * import type { SessionManager } from 'koa-session-model'
 *
 * declare const manager: SessionManager
 *
 * const session = (await manager.store.load('the id')) ?? (await manager.store.insert('the id', { views: 0 }))
 * const outcome = await session.write({ ...session.properties, views: 1 })
 * if (outcome === 'gone') console.log('somebody has logged out meanwhile')
 * ```
 */
export interface SessionStore<Columns extends object = object, Data extends object = SessionData> {
  /** The living session with this id, or `undefined`. Writes nothing: it does not renew the session. */
  load(id: string): Promise<StoredSession<Columns, Data> | undefined>
  /**
   * Stores a new session.
   * @throws `ID_TAKEN` if there is a session with this id, `OPTION_INVALID` for a `maxAge` that is no positive number.
   */
  insert(
    id: string,
    properties: Partial<SessionProperties<Columns, Data>>,
    options?: StoreOptions,
  ): Promise<StoredSession<Columns, Data>>
  /** Ends the session with this id, and tells whether there was one. It is no error if there is none. */
  delete(id: string): Promise<boolean>
  /**
   * Every living session, the one that expires first at the front. Writes nothing.
   * @throws `OPTION_INVALID` for a `limit` that is no whole number from 1 to 100000.
   */
  list(options?: Pick<ListOptions, 'limit'>): Promise<ListedSession<Columns, Data>[]>
}

/** A session as one request has loaded it, or has stored it. Keep one for each request, not for each id. */
export interface StoredSession<Columns extends object = object, Data extends object = SessionData> {
  /** The id that opens the session. It changes with {@link rotate}. */
  readonly id: string
  /** A copy of the properties: the model's columns and the keys of the data, as this request has last read or written them. */
  readonly properties: SessionProperties<Columns, Data>
  readonly createdAt: Date | null
  readonly expires: Date
  /** The idle timeout of its own, in milliseconds; `null` for that of the manager. */
  readonly maxAge: number | null
  /**
   * Makes `properties` the only ones. Only the keys that differ from what this request has last read or written are
   * changed in the row, so that two requests which change different keys both win.
   * @throws `NAME_RESERVED`, `DATA_NOT_SERIALIZABLE` or `DATA_TOO_LARGE`, and then nothing is written.
   */
  write(properties: Partial<SessionProperties<Columns, Data>>, options?: StoreOptions): Promise<StoreOutcome>
  /**
   * Moves the expiry, if so much of its time has passed that reading renews a session, or if `maxAge` changes. The option
   * `rolling` of the manager does not count: the host decides when to ask. Notes the use of the session in `lastSeenAt`, if
   * the table keeps it.
   */
  touch(options?: StoreOptions): Promise<StoreOutcome>
  /** Gives the session the id `id`, or a new one of the manager's. The old one opens nothing from then on. */
  rotate(id?: string): Promise<StoreOutcome>
  /** Ends the session. */
  destroy(): Promise<StoreOutcome>
}
