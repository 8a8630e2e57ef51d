import type { SessionMeta } from '../codec/session-meta.js'
import type { GoneReason } from '../events.js'
import type { ResolvedOptions } from '../options/options.js'
import { neverExpires } from '../repository/expiry.js'

/** Sends the cookie of the session to the browser. An adapter implements it with the response of its framework. */
export interface CookieSink {
  /** Whether a cookie can still be sent: the response has not begun. */
  readonly isOpen: boolean
  /**
   * Sends a cookie with this id. `maxAge` is in milliseconds; without it the cookie ends with the browser. `expires` is the
   * expiry of the session.
   */
  set(id: string, maxAge: number | undefined, expires: Date): void
  /** Removes the cookie: this request ended the session (`logout`), or the session does not exist any more (`gone`). */
  clear(reason: 'logout' | 'gone'): void
  /** Leaves the cookie as it is: another request has replaced `id`, and its response sends the new one. */
  keep(id: string): void
}

/**
 * The longest time that browsers keep a cookie, in milliseconds: 400 days.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis
 */
const longestCookie = 400 * 86_400_000

/** The parts of a written session that its cookie depends on. */
interface WrittenSession {
  readonly id: string
  readonly isForwarded: boolean
  readonly expires: Date
  /** The metadata of its row. */
  readonly nextMeta: SessionMeta
}

/** Sends the cookie of a written session. A forwarded request leaves this to the request that replaced the id. */
export function setCookieFor(
  sink: CookieSink,
  session: WrittenSession,
  options: Pick<ResolvedOptions, 'cookie' | 'now'>,
): void {
  if (session.isForwarded) sink.keep(session.id)
  else sink.set(session.id, maxAgeOfCookie(session, options), session.expires)
}

/** The lifetime of the cookie in milliseconds; `undefined` for one that ends with the browser. */
function maxAgeOfCookie(
  session: WrittenSession,
  { cookie, now }: Pick<ResolvedOptions, 'cookie' | 'now'>,
): number | undefined {
  const isPersistent = cookie.persistent || session.nextMeta.maxAge !== undefined
  if (!isPersistent) return undefined
  return neverExpires(session) ? longestCookie : session.expires.getTime() - now()
}

/** A session of a request that is gone. */
export interface LostSession {
  readonly id: string
  /** Whether the request read it so long ago that a forwarding row of its id would be gone too. */
  readonly isOutdated: boolean
}

/**
 * Removes the cookie of a session that is gone. Keeps it if another request replaced the id, or may have done so too long ago
 * to tell: then the browser may have the new id already.
 */
export function clearCookieFor(sink: CookieSink, { id, isOutdated }: LostSession, reason: GoneReason): void {
  const mayBeRotated = reason === 'replaced' || (reason === 'ended' && isOutdated)
  if (mayBeRotated) sink.keep(id)
  else sink.clear('gone')
}

/** A sink for sessions without a browser. */
export const noBrowser: CookieSink = { isOpen: true, set: () => {}, clear: () => {}, keep: () => {} }

/** A sink for requests whose response cannot send a cookie. */
export const noCookie: CookieSink = { ...noBrowser, isOpen: false }
