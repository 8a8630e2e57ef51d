import { cookieName, type ResolvedCookieOptions } from '../core/options/cookie-options.js'

/**
 * Writes the lines of `Set-Cookie` for one cookie, in the form of the package `cookies`, which Koa uses. The attributes are
 * the same in each line, and were checked with the options.
 */
export class CookieLines {
  readonly name: string
  readonly #path: string
  readonly #others: string

  /** @param isSecure Whether the cookie is for requests over HTTPS. */
  constructor(key: string, options: ResolvedCookieOptions, isSecure: boolean) {
    const { path, domain, priority, sameSite, httpOnly, partitioned } = options
    this.name = cookieName(key, options, isSecure)
    this.#path = `; path=${path}`
    const attributes = [
      domain && `domain=${domain}`,
      priority && `priority=${priority}`,
      `samesite=${sameSite}`,
      isSecure && 'secure',
      httpOnly && 'httponly',
      partitioned && 'partitioned',
    ]
    this.#others = attributes.map((attribute) => (attribute ? `; ${attribute}` : '')).join('')
  }

  /** The line that sets the cookie for `maxAge` milliseconds; without `maxAge`, until the browser ends. */
  setting(value: string, maxAge: number | undefined): string {
    const expires = maxAge === undefined ? '' : `; expires=${dateOf(Date.now() + maxAge)}`
    return `${this.name}=${value}${this.#path}${expires}${this.#others}`
  }

  /** The line that removes the cookie. */
  removing(): string {
    return `${this.name}=${this.#path}; expires=${dateOf(0)}${this.#others}`
  }
}

/** The second that was asked for last, since 1970, and its text: under load most cookies of a second end in the same one. */
let last = { second: 0, text: new Date(0).toUTCString() }

/** The moment in the form of the attribute `expires`. */
function dateOf(moment: number): string {
  const second = Math.floor(moment / 1000)
  if (second !== last.second) last = { second, text: new Date(second * 1000).toUTCString() }
  return last.text
}
