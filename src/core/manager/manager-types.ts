import type { RowFilterValue } from '../backend/session-backend.js'
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

/** What `manager.fromRequest()` needs of a request: Node's `IncomingMessage` fits. */
export interface RequestWithCookie {
  readonly headers: { readonly cookie?: string | readonly string[] | undefined }
  /** Where it came from: a socket whose `encrypted` is true came by TLS. */
  readonly socket?: object | undefined
}

/** What is known of a bare request besides its cookie. */
export interface BareRequestOptions {
  /** What the option `bind` would tell of it. */
  readonly origin?: string
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
