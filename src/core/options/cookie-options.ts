import { check, invalidOption, isBoolean, oneOf } from '../validation.js'
import { isDomain, isPath } from './option-checks.js'
import { assertKnown } from './unknown-options.js'

/**
 * The attributes of the session cookie.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis
 */
export interface SessionCookieOptions {
  /** The domain whose hosts get the cookie. Without it only the host that set the cookie gets it. */
  readonly domain?: string
  /**
   * The path that the browser sends the cookie to, with all paths beneath it.
   *
   * @default '/'
   */
  readonly path?: string
  /**
   * Whether the browser sends the cookie over HTTPS only. `'auto'`: yes if the request came over HTTPS (`ctx.secure`).
   *
   * @default 'auto'
   */
  readonly secure?: boolean | 'auto'
  /**
   * Whether the cookie is hidden from scripts.
   *
   * @default true
   */
  readonly httpOnly?: boolean
  /**
   * Which requests from other sites carry the cookie. `'lax'`: only those that navigate to this site.
   *
   * @default 'lax'
   */
  readonly sameSite?: 'lax' | 'strict' | 'none'
  /**
   * Whether the browser keeps a separate cookie for each top-level site (CHIPS).
   *
   * @default false
   */
  readonly partitioned?: boolean
  /** The order in which Chromium drops cookies if there are too many: those with low priority first. Without it the browser decides. */
  readonly priority?: 'low' | 'medium' | 'high'
  /**
   * Whether the cookie outlives the browser. With `false` it does so only for a session with a `maxAge` of its own
   * ("remember me").
   *
   * @default true
   */
  readonly persistent?: boolean
  /**
   * Whether the cookie's name gets a prefix if the request came over HTTPS: `__Host-`, so that no other host of the domain
   * can set it; with a domain or a path `__Secure-`.
   *
   * @default true, unless `key` has a prefix already
   */
  readonly prefix?: boolean
}

/** The attributes of the cookie, complete, checked and frozen. */
export type ResolvedCookieOptions = Readonly<
  Required<Omit<SessionCookieOptions, 'domain' | 'priority'>> & SessionCookieOptions
>

const cookieNames = [
  'domain',
  'path',
  'secure',
  'httpOnly',
  'sameSite',
  'partitioned',
  'priority',
  'persistent',
  'prefix',
] as const satisfies readonly (keyof SessionCookieOptions)[]

/** Checks and completes the attributes of the cookie `key`, whose value has `valueLength` characters. */
export function resolveCookie(cookie: SessionCookieOptions, key: string, valueLength: number): ResolvedCookieOptions {
  assertKnown('cookie', cookie, cookieNames, cookieHints)
  const { domain, priority } = cookie
  if (domain !== undefined) check('cookie.domain', domain, isDomain, "a host name such as 'example.com'")
  if (priority !== undefined)
    check('cookie.priority', priority, oneOf('low', 'medium', 'high'), "'low', 'medium' or 'high'")
  const resolved = Object.freeze({
    path: check('cookie.path', cookie.path ?? '/', isPath, "a path that begins with '/'"),
    secure: check('cookie.secure', cookie.secure ?? 'auto', oneOf(true, false, 'auto'), "true, false or 'auto'"),
    httpOnly: check('cookie.httpOnly', cookie.httpOnly ?? true, isBoolean, 'true or false'),
    sameSite: check(
      'cookie.sameSite',
      cookie.sameSite ?? 'lax',
      oneOf('lax', 'strict', 'none'),
      "'lax', 'strict' or 'none'",
    ),
    partitioned: check('cookie.partitioned', cookie.partitioned ?? false, isBoolean, 'true or false'),
    persistent: check('cookie.persistent', cookie.persistent ?? true, isBoolean, 'true or false'),
    prefix: check('cookie.prefix', cookie.prefix ?? !hasPrefix(key), isBoolean, 'true or false'),
    ...(domain === undefined ? {} : { domain }),
    ...(priority === undefined ? {} : { priority }),
  })
  assertConsistent(resolved, key)
  assertFits(resolved, key, valueLength)
  return resolved
}

/** The name of the cookie `key` with its prefix. `isSecure` tells whether the cookie is for requests over HTTPS. */
export function cookieName(key: string, { prefix, domain, path }: ResolvedCookieOptions, isSecure: boolean): string {
  if (!isSecure || !prefix) return key
  return `${domain === undefined && path === '/' ? '__Host-' : '__Secure-'}${key}`
}

const longestPrefix = '__Secure-'
const longestCookie = 4096
/** The attributes of a cookie at their longest, but for its path and domain. */
const usualAttributes =
  '; path=; expires=Thu, 01 Jan 1970 00:00:00 GMT; domain=; priority=medium; samesite=strict; secure; httponly; partitioned'

import { cookieHints } from './option-hints.js'

function hasPrefix(key: string): boolean {
  return /^__(Host|Secure)-/i.test(key)
}

/** Refuses a cookie that is too long: browsers would drop it silently. */
function assertFits({ path, domain = '' }: ResolvedCookieOptions, key: string, valueLength: number): void {
  const length =
    longestPrefix.length + key.length + 1 + valueLength + usualAttributes.length + path.length + domain.length
  if (length > longestCookie) {
    throw invalidOption(
      'cookie',
      `up to ${length} bytes long`,
      `a shorter key, path or domain: browsers take ${longestCookie} bytes`,
    )
  }
}

/** Refuses attributes that contradict each other: browsers would drop the cookie silently. */
function assertConsistent(
  { sameSite, secure, partitioned, path, domain, prefix }: ResolvedCookieOptions,
  key: string,
): void {
  const needsSecure =
    (sameSite === 'none' && "cookie.sameSite 'none'") ||
    (partitioned && 'cookie.partitioned') ||
    (hasPrefix(key) && `the name ${key}`)
  if (needsSecure && secure === false)
    throw invalidOption('cookie.secure', `false with ${needsSecure}`, "true or 'auto'")
  if (prefix && hasPrefix(key))
    throw invalidOption('cookie.prefix', `true with the key ${key}`, 'a key without a prefix')
  if (/^__Host-/i.test(key) && (path !== '/' || domain !== undefined)) {
    throw invalidOption(
      'key',
      `${key} with a cookie.domain or cookie.path`,
      'a name without __Host-, or leave out both',
    )
  }
}
