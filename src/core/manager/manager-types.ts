import type { RowFilterValue } from '../backend/session-backend.js'
import type { Duration } from '../options/duration.js'
import type { TransportRequest } from '../options/transport.js'
import type { SessionData, SessionProperties } from '../session/session-types.js'

/** A condition on the custom columns of the model, or on the `id` of a {@link ListedSession}. All parts must match. */
export type SessionWhere<Columns extends object = object> = { readonly id?: string } & {
  readonly [Name in keyof Columns]?: Extract<Columns[Name], RowFilterValue>
}

/**
 * A session that `manager.list()` or `manager.iterate()` has found. Reading a value that the row does not hold properly throws `DATA_CORRUPT`;
 * data that was encrypted with an unknown key throws `KEY_UNKNOWN`.
 */
export interface ListedSession<Columns extends object = object, Data extends object = SessionData> {
  /** The id of the row. With `hashIds` it is no secret: it does not open the session. */
  readonly id: string
  /** When the session began; `null` if the table does not keep it. */
  readonly createdAt: Date | null
  /** When the session expires if it is not used again. */
  readonly expires: Date
  /** When the session was last used; `null` if that is not known, or if the table does not keep it. */
  readonly lastSeenAt: Date | null
  /**
   * The place behind this session in the order of the ids, for the option `after`. It is text for a URL, and hides the id. It
   * stays valid when the session ends. It fits only the same condition. Other processes, and this one after a restart, accept
   * it only with the option `auditKey`. It isn't enumerable, so JSON doesn't contain it.
   */
  readonly cursor: string
  /** All properties: the columns and the keys of the data. */
  readonly properties: SessionProperties<Columns, Data>
}

/** The options of `manager.create()`. */
export interface CreateOptions {
  /** An idle timeout for this session only: milliseconds, or text such as `'30d'`. By default that of the option `maxAge`. */
  readonly maxAge?: Duration
  /**
   * Whether the session counts as logged in: `authenticatedAt` is now if so, else `null`.
   *
   * @default false
   */
  readonly authenticated?: boolean
  /**
   * Whether the returned cookie is for requests over HTTPS, where its name has a prefix (`cookie.prefix`).
   *
   * @default false
   */
  readonly secure?: boolean
}

/** A session that `manager.create()` has stored. Neither `inspect` nor JSON shows its id and cookie. */
export interface CreatedSession<Columns extends object = object, Data extends object = SessionData> {
  /** The id, which opens the session: in the cookie, and with `manager.get`, `set` and `delete`. Keep it out of logs. */
  readonly id: string
  /** The header `Cookie` that a browser would send: `sid=…`. It opens the session if the cookie is a transport. */
  readonly cookie: string
  /** When the session began; `null` if the table does not keep it. */
  readonly createdAt: Date | null
  /** When the session expires if it is not used. */
  readonly expires: Date
  /** All properties, with the defaults of the model's columns. */
  readonly properties: SessionProperties<Columns, Data>
}

/** The parts of a request that `manager.fromRequest()` reads. Node's `IncomingMessage` fits. */
export interface RequestWithCookie extends TransportRequest {
  /** The connection of the request. If its `encrypted` is `true`, the request came over TLS. */
  readonly socket?: object | undefined
}

/** The options of `manager.fromRequest()`. */
export interface BareRequestOptions {
  /**
   * Whether the request came over HTTPS, like Koa's `ctx.secure`. With `cookie.secure: 'auto'` it selects the cookie:
   * over HTTPS only the one with the prefix is read, else only the one without. By default it is `true` if the socket of
   * the request is encrypted; else it is unknown, and the name without the prefix is read if there is no cookie with it.
   */
  readonly secure?: boolean
}

/** The options of `manager.list()`. */
export interface ListOptions {
  /**
   * The most sessions to return, the first ones in the `order`: 1 to 100000.
   *
   * @default 1000
   */
  readonly limit?: number
  /**
   * The order: `'expires'` for the earliest expiry first, or `'id'` for the order of the row ids. Requests move expiries, but
   * not row ids, so you can continue only lists by id.
   *
   * @default 'expires'
   */
  readonly order?: 'expires' | 'id'
  /**
   * Only sessions behind this `cursor` of a {@link ListedSession}. Needs `order: 'id'`. `null` begins at the first session.
   *
   * @default null
   */
  readonly after?: string | null
}

/** The options of `manager.iterate()`. */
export interface IterateOptions {
  /**
   * The number of sessions that are read at a time, and held in memory: 1 to 10000.
   *
   * @default 500
   */
  readonly batch?: number
  /**
   * Only sessions behind this `cursor` of a {@link ListedSession}, such as the last one before an interruption. `null` begins
   * at the first session.
   *
   * @default null
   */
  readonly after?: string | null
}

/** The options of `manager.revoke()`. */
export interface RevokeOptions {
  /** The session to spare, such as `ctx.session`. */
  readonly except?: object
}
