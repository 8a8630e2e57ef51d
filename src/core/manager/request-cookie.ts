import { cookieName, type ResolvedCookieOptions } from '../options/cookie-options.js'
import type { ResolvedOptions } from '../options/options.js'
import { check, isBoolean } from '../validation.js'
import { cookieIn } from './cookie-header.js'
import type { RequestWithCookie } from './manager-types.js'

/**
 * The value of the session cookie of a bare request, selected as for a request to Koa. `secure` tells whether the request
 * came over HTTPS. If that is unknown, the name with the prefix is tried first.
 */
export function cookieOf(
  request: RequestWithCookie,
  { key, cookie }: Pick<ResolvedOptions, 'key' | 'cookie'>,
  secure?: boolean,
): string | undefined {
  const header = request.headers.cookie
  const named = (isSecure: boolean): string | undefined => cookieIn(header, cookieName(key, cookie, isSecure))
  const isSecure = isSecureCookie(cookie, secure) ?? isEncrypted(request)
  return isSecure === undefined ? (named(true) ?? named(false)) : named(isSecure)
}

function isSecureCookie(cookie: ResolvedCookieOptions, secure: boolean | undefined): boolean | undefined {
  if (secure !== undefined) check('secure', secure, isBoolean, 'true or false')
  return cookie.secure === 'auto' ? secure : cookie.secure
}

/** `true` for an encrypted socket; else `undefined`, since a proxy may have ended the encryption. */
function isEncrypted({ socket }: RequestWithCookie): true | undefined {
  return socket && 'encrypted' in socket && socket.encrypted === true ? true : undefined
}
