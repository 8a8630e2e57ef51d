import { isWellFormedId } from '../core/codec/id.js'
import type { RequestWithCookie } from '../core/manager/manager-types.js'
import { cookieOf } from '../core/manager/request-cookie.js'
import { cookieName } from '../core/options/cookie-options.js'
import type { ResolvedOptions } from '../core/options/options.js'

type CookieOptions = Pick<ResolvedOptions, 'key' | 'cookie'>

/**
 * The id in the session cookie of a request; `undefined` where it has none; `'malformed'` where it could be no id: tell
 * `manager.refuseMalformed()`, and open no session with it.
 *
 * @param options The options of the manager.
 * @param secure Whether the request came over HTTPS.
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

/** What a header `Set-Cookie` depends on, besides the options. */
export interface CookieAttributes {
  /** Whether the request came over HTTPS. */
  readonly secure: boolean
  /** How long the cookie lives, in milliseconds; `undefined` for as long as the browser runs. */
  readonly maxAge?: number | undefined
}

/**
 * The value of a header `Set-Cookie` that gives the session cookie this id; with `null`, that removes it. The attributes are
 * those of the option `cookie`.
 *
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
