import type { SessionMeta } from '../codec/session-meta.js'
import type { GoneReason } from '../events.js'
import type { ResolvedOptions } from '../options/options.js'
import { neverExpires } from '../repository/expiry.js'

/** The way to the browser: hears what becomes of the session's cookie, until the response has begun. */
export interface CookieSink {
  /** Whether a cookie can still be sent. */
  readonly isOpen: boolean
  /** The cookie gets this id. Without `maxAge` (milliseconds) it ends with the browser. */
  set(id: string, maxAge: number | undefined): void
  /** The cookie is removed: the session was ended by this request (`logout`), or is not there any more (`gone`). */
  clear(reason: 'logout' | 'gone'): void
  /** The cookie stays as the browser has it: `id` was rotated by another request, whose response brings the new one. */
  keep(id: string): void
}

/** The longest time that browsers keep a cookie, in milliseconds: 400 days. */
const longestCookie = 400 * 86_400_000

/** A session that was written, as far as its cookie depends on it. */
interface WrittenSession {
  readonly id: string
  readonly isForwarded: boolean
  readonly expires: Date
  /** What its row holds beside the data. */
  readonly nextMeta: SessionMeta
}

/** Tells the browser that a session was written. A forwarded request leaves the cookie to the one that has rotated the id. */
export function tellWritten(
  sink: CookieSink,
  session: WrittenSession,
  options: Pick<ResolvedOptions, 'cookie' | 'now'>,
): void {
  if (session.isForwarded) sink.keep(session.id)
  else sink.set(session.id, maxAgeOfCookie(session, options))
}

/** In milliseconds; `undefined` for as long as the browser runs. */
function maxAgeOfCookie(
  session: WrittenSession,
  { cookie, now }: Pick<ResolvedOptions, 'cookie' | 'now'>,
): number | undefined {
  const isPersistent = cookie.persistent || session.nextMeta.maxAge !== undefined
  if (!isPersistent) return undefined
  return neverExpires(session) ? longestCookie : session.expires.getTime() - now()
}

/** A session that is gone, as a request had it. */
export interface LostSession {
  readonly id: string
  /** Whether the request has read it so long ago that a forwarding row of its id would be gone too. */
  readonly isOutdated: boolean
}

/**
 * Tells the browser that a session is gone. If another request has rotated the id, or may have done so too long ago to tell, the
 * browser may have the new one already.
 */
export function tellGone(sink: CookieSink, { id, isOutdated }: LostSession, reason: GoneReason): void {
  const mayBeRotated = reason === 'replaced' || (reason === 'ended' && isOutdated)
  if (mayBeRotated) sink.keep(id)
  else sink.clear('gone')
}

/** For a session that no browser is told of. */
export const noBrowser: CookieSink = { isOpen: true, set: () => {}, clear: () => {}, keep: () => {} }

/** For a request whose response cannot set a cookie. */
export const noCookie: CookieSink = { ...noBrowser, isOpen: false }
