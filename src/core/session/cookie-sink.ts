import type { SessionMeta } from '../codec/session-meta.js'
import type { GoneReason } from '../events.js'
import type { ResolvedOptions } from '../options/options.js'
import { neverExpires } from '../repository/expiry.js'

/**
 * What the browser must be told about its cookie. Without `maxAge` (milliseconds) the cookie ends with the browser. `keep`
 * takes back what was told of `id`: it was replaced, and the browser may have the new one already.
 */
export type CookieChange =
  | { readonly kind: 'set'; readonly id: string; readonly maxAge: number | undefined }
  | { readonly kind: 'clear'; readonly reason: 'logout' | 'gone' }
  | { readonly kind: 'keep'; readonly id: string }

/** The way to the browser. */
export interface CookieSink {
  /** Whether a cookie can still be sent. */
  readonly isOpen: boolean
  tell(change: CookieChange): void
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

/** What the browser is told where a session was written. A late request leaves the cookie to the one that has rotated the id. */
export function cookieFor(session: WrittenSession, options: Pick<ResolvedOptions, 'cookie' | 'now'>): CookieChange {
  const { id, isForwarded } = session
  return isForwarded ? { kind: 'keep', id } : { kind: 'set', id, maxAge: maxAgeOfCookie(session, options) }
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
 * What the browser is told where a session is gone. If another request has replaced the id, or may have done so too long ago to
 * tell, the browser may have the new one already.
 */
export function cookieAfter({ id, isOutdated }: LostSession, reason: GoneReason): CookieChange {
  const mayBeReplaced = reason === 'replaced' || (reason === 'ended' && isOutdated)
  return mayBeReplaced ? { kind: 'keep', id } : { kind: 'clear', reason: 'gone' }
}

/** For a session that no browser is told of. */
export const noBrowser: CookieSink = { isOpen: true, tell: () => {} }
