import { cookieNameIn, type HeaderValue, linesOf, listOf, withToken, withVaryOn } from './header-lists.js'
import { hookWriteHead, type OutgoingHead } from './write-head.js'

const key: unique symbol = Symbol('the headers of the sessions')

/** A response, with the headers of its sessions if it has any. */
type Response = OutgoingHead & { [key]?: FinalHeaders }

/**
 * The headers for which the session middlewares of one response have the last word: their cookies, the headers of other
 * transports, and those that keep the response out of caches. They are set at once, and again when the header is sent, over later changes by others: an outer
 * middleware that sets them, an error response that begins without headers, headers copied from elsewhere. Cookies of
 * others stay, and the app's `Cache-Control` directives stand beside ours.
 */
export class FinalHeaders {
  readonly #response: Response
  /** The line that sets each cookie, by its name. */
  readonly #cookies = new Map<string, string>()
  /** The headers of transports other than the cookie. */
  readonly #headers = new Map<object, Readonly<Record<string, string>>>()
  #vary: readonly string[] = []
  #clearSiteData: readonly string[] = []
  /** The lists as they were left last, by the name of the header. */
  readonly #left = new Map<string, string>()

  private constructor(response: Response) {
    this.#response = response
    hookWriteHead(response, () => this.apply())
  }

  /** The final headers of the response. Made if it has none. */
  static on(response: Response): FinalHeaders {
    response[key] ??= new FinalHeaders(response)
    return response[key]
  }

  /** The final headers of the response, if it has some. */
  static of(response: Response): FinalHeaders | undefined {
    return response[key]
  }

  /** Sets this cookie by the line, instead of any other line that sets it. */
  setCookie(name: string, line: string): void {
    this.#cookies.set(name, line)
    this.vary(['Cookie'])
  }

  /** Withdraws the cookie, if it was set to this value. */
  takeBack(name: string, value: string): void {
    const line = this.#cookies.get(name)
    if (line?.split(';', 1)[0] !== `${name}=${value}`) return
    this.#cookies.delete(name)
    this.#setCookies(linesOf(this.#response.getHeader('Set-Cookie')).filter((other) => other !== line))
  }

  /** Sets these headers, instead of those that `owner` has set before. */
  keepHeaders(owner: object, headers: Readonly<Record<string, string>>): void {
    for (const name of Object.keys(this.#headers.get(owner) ?? {})) this.#response.removeHeader(name)
    this.#headers.set(owner, headers)
    this.apply()
  }

  /** Tells caches that the response depends on these request headers. */
  vary(names: readonly string[]): void {
    const added = names.filter((name) => !this.#vary.includes(name))
    if (added.length > 0) {
      this.#vary = [...this.#vary, ...added]
      this.#left.delete('Vary')
    }
    this.apply()
  }

  /** Asks the browser to remove these kinds of data, such as `storage`. */
  clearSiteData(kinds: readonly string[]): void {
    this.#clearSiteData = kinds.map((kind) => `"${kind}"`)
    this.#left.delete('Clear-Site-Data')
    this.apply()
  }

  /** Sets the headers beside those of others. Has no effect once the header is sent. */
  apply(): void {
    if (this.#response.headersSent) return
    this.#applyCookies()
    for (const headers of this.#headers.values()) this.#setHeaders(headers)
    this.#change('Cache-Control', (list) => withToken(list, 'no-store'))
    if (this.#vary.length > 0) this.#change('Vary', (list) => withVaryOn(list, this.#vary))
    if (this.#clearSiteData.length === 0) return
    this.#change('Clear-Site-Data', (list) => this.#clearSiteData.reduce(withToken, list))
  }

  #applyCookies(): void {
    const lines = linesOf(this.#response.getHeader('Set-Cookie'))
    const ours = [...this.#cookies.values()]
    if (lines.length === ours.length && ours.every((line) => lines.includes(line))) return // fast path: set before
    const others = lines.filter((line) => !this.#cookies.has(cookieNameIn(line)))
    const isRight = lines.length === others.length + ours.length && ours.every((line) => lines.includes(line))
    if (!isRight) this.#setCookies([...others, ...ours])
  }

  #setCookies(lines: readonly string[]): void {
    if (lines.length > 0) this.#response.setHeader('Set-Cookie', lines)
    else this.#response.removeHeader('Set-Cookie')
  }

  #setHeaders(headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers)) {
      if (this.#response.getHeader(name) !== value) this.#response.setHeader(name, value)
    }
  }

  /** Changes a header that is a list, unless it is as the last change has left it. */
  #change(name: string, change: (list: string) => string): void {
    const value: HeaderValue = this.#response.getHeader(name)
    if (value !== undefined && value === this.#left.get(name)) return
    const list = change(listOf(value))
    this.#left.set(name, list)
    if (list !== value) this.#response.setHeader(name, list)
  }
}
