import { isWellFormedId } from '../core/codec/id.js'
import type { RequestWithCookie } from '../core/manager/manager-types.js'
import { cookieOf } from '../core/manager/request-cookie.js'
import { cookieName } from '../core/options/cookie-options.js'
import type { ResolvedOptions } from '../core/options/options.js'

type CookieOptions = Pick<ResolvedOptions, 'key' | 'cookie'>

/**
 * Reads the id in the session cookie of a request. Returns `undefined` if there is none, and `'malformed'` if the value
 * cannot be an id: then call `manager.reportMalformed()`, and open no session with it.
 *
 * @param request The request, with its header `Cookie`.
 * @param options The options of the manager.
 * @param secure Whether the request came over HTTPS, which decides the prefix of the cookie's name.
 * @throws `OPTION_INVALID` if `secure` is no boolean.
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-4.2
 */
export function readCookie(
  request: RequestWithCookie,
  options: CookieOptions,
  secure: boolean,
): { readonly id: string } | 'malformed' | undefined {
  const value = cookieOf(request, options, secure)
  if (!value) return undefined
  return isWellFormedId(value) ? { id: value } : 'malformed'
}

/** The facts of a response that decide the header `Set-Cookie`, besides the options. */
export interface CookieAttributes {
  /** Whether the request came over HTTPS. */
  readonly secure: boolean
  /** The lifetime of the cookie, in milliseconds; `undefined` (default) for as long as the browser runs. */
  readonly maxAge?: number | undefined
}

/**
 * Makes the value of a header `Set-Cookie` that sets the session cookie, with the attributes of the option `cookie`.
 *
 * @param id The id of the session; `null` removes the cookie.
 * @see https://www.rfc-editor.org/rfc/rfc6265#section-4.1
 */
export function setCookieHeader(
  { key, cookie }: CookieOptions,
  id: string | null,
  { secure, maxAge }: CookieAttributes,
): string {
  const isSecure = cookie.secure === 'auto' ? secure : cookie.secure
  const lifetime = id === null ? 0 : maxAge
  const attributes: readonly (string | false | undefined)[] = [
    `${cookieName(key, cookie, isSecure)}=${id ?? ''}`,
    `path=${cookie.path}`,
    cookie.domain && `domain=${cookie.domain}`,
    lifetime !== undefined && `max-age=${Math.floor(lifetime / 1000)}`,
    isSecure && 'secure',
    cookie.httpOnly && 'httponly',
    `samesite=${cookie.sameSite}`,
    cookie.partitioned && 'partitioned',
    cookie.priority && `priority=${cookie.priority}`,
  ]
  return attributes.filter(Boolean).join('; ')
}
