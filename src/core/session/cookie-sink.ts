import type { GoneReason } from '../events.js'

/**
 * What the browser must be told about its cookie. Without `maxAge` (milliseconds) the cookie ends with the browser. `keep`
 * takes back what was told of `id`: it was replaced, and the browser may have the new one already.
 */
export type CookieChange =
  | { readonly kind: 'set'; readonly id: string; readonly maxAge: number | undefined }
  | { readonly kind: 'clear'; readonly reason: 'logout' | 'gone' }
  | { readonly kind: 'keep'; readonly id: string }

/** The way to the browser. */
export interface CookieChannel {
  /** Whether a cookie can still be sent. */
  readonly isOpen: boolean
  tell(change: CookieChange): void
}

/** What the browser is told where a session is gone. If another request has replaced the id, it may have the new one already. */
export function cookieAfter({ id }: { readonly id: string }, reason: GoneReason): CookieChange {
  return reason === 'replaced' ? { kind: 'keep', id } : { kind: 'clear', reason: 'gone' }
}

/** For a session that no browser is told of. */
export const noBrowser: CookieChannel = { isOpen: true, tell: () => {} }
