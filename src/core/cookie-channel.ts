import type { GoneReason } from './traces.js'

/**
 * What the browser must be told about its cookie. Without `maxAge` (milliseconds) the cookie ends with the browser. `keep`
 * takes back what was told of `id`: it was replaced, and the browser may have the new one already.
 */
export type CookieChange =
  | { readonly kind: 'set'; readonly id: string; readonly maxAge: number | undefined }
  | { readonly kind: 'clear'; readonly reason: 'logout' | 'gone' }
  | { readonly kind: 'keep'; readonly id: string }

/** A session that is gone, as a request had it. */
export interface LostSession {
  readonly id: string
  /** Whether the request has read it so long ago that a trace of its id would be gone too. */
  readonly isOutdated: boolean
}

/** The way to the browser. */
export interface CookieChannel {
  /** Whether a cookie can still be sent. */
  readonly isOpen: boolean
  tell(change: CookieChange): void
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
export const noBrowser: CookieChannel = { isOpen: true, tell: () => {} }
