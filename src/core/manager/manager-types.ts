import type { RowFilterValue } from '../backend/session-backend.js'
import type { Duration } from '../options/duration.js'
import type { SessionData, SessionProperties } from '../session/session-view.js'

/** A condition on the custom columns of the model, or on `id` as {@link ListedSession} has it. */
export type SessionWhere<Columns extends object = object> = { readonly id?: string } & {
  readonly [Name in keyof Columns]?: Extract<Columns[Name], RowFilterValue>
}

/** A session as `manager.list()` shows it. */
export interface ListedSession<Columns extends object = object, Data extends object = SessionData> {
  /** What the row is found by. With `hashIds` it is no secret: it does not open the session. */
  readonly id: string
  readonly createdAt: Date | null
  readonly expires: Date
  readonly properties: SessionProperties<Columns, Data>
}

/** How `manager.create()` makes a session. */
export interface CreateOptions {
  /** An idle timeout of its own, as `ctx.session.maxAge` has it. Default: the option `maxAge`. */
  readonly maxAge?: Duration
  /** Whether it counts as a login: `authenticatedAt` is now. Default `false`: it is `null`. */
  readonly authenticated?: boolean
  /** Whether the cookie is for requests over HTTPS, whose name has a prefix (`cookie.prefix`). Default `false`. */
  readonly secure?: boolean
}

/** A session that `manager.create()` has stored. Neither `inspect` nor JSON shows its id and its cookie. */
export interface CreatedSession<Columns extends object = object, Data extends object = SessionData> {
  /** The id, which opens the session: by the cookie, and for `manager.get`, `set` and `delete`. Keep it out of logs. */
  readonly id: string
  /** What a browser would send as the header `Cookie`: `sid=…`. */
  readonly cookie: string
  readonly createdAt: Date | null
  readonly expires: Date
  /** All properties, with the defaults of the model's columns. */
  readonly properties: SessionProperties<Columns, Data>
}

/** What `manager.fromRequest()` needs of a request: Node's `IncomingMessage` fits. */
export interface RequestWithCookie {
  readonly headers: { readonly cookie?: string | readonly string[] | undefined }
  /** Where it came from: a socket whose `encrypted` is true came by TLS. */
  readonly socket?: object | undefined
}

/** What is known of a bare request besides its cookie. */
export interface BareRequestOptions {
  /**
   * Whether it came over HTTPS, as Koa's `ctx.secure` tells of its requests. With `cookie.secure: 'auto'` only the
   * cookie is read that such a request has: with HTTPS the one with the prefix. Default: `true` if the request's socket
   * is encrypted; else it is not known, and the bare name is read where there is no cookie with the prefix.
   */
  readonly secure?: boolean
}

/** How far `manager.list()` goes. */
export interface ListOptions {
  /** The most sessions that are returned, those that expire first. Default 1000. */
  readonly limit?: number
}

/** Which sessions `manager.revoke()` spares. */
export interface RevokeOptions {
  /** The session that goes on, such as `ctx.session`. */
  readonly except?: object
}
