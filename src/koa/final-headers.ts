import { cookieNameIn, type HeaderValue, linesOf, listOf, withCookie, withToken } from './header-lists.js'
import { hookWriteHead, type OutgoingHead } from './write-head.js'

const key: unique symbol = Symbol('the headers of the sessions')

/** A response with what the sessions have to say in its header, if they have. */
type Response = OutgoingHead & { [key]?: FinalHeaders }

/**
 * The headers by which the session middlewares of one response have the last word: their cookies, and those that keep
 * the response out of caches. They are set at once, and again when the header goes out, over what others have done to them
 * meanwhile: a middleware outside that sets them, an error whose answer begins without headers, headers copied from
 * elsewhere. The cookies of others stay, and what the app says about caching stands beside ours.
 */
export class FinalHeaders {
  readonly #response: Response
  /** By the name of the cookie, the line that sets it. */
  readonly #cookies = new Map<string, string>()
  #clearSiteData: readonly string[] = []

  private constructor(response: Response) {
    this.#response = response
    hookWriteHead(response, () => this.apply())
  }

  /** Those of the response, which has some from now on. */
  static on(response: Response): FinalHeaders {
    response[key] ??= new FinalHeaders(response)
    return response[key]
  }

  /** Those of the response, if it has some. */
  static of(response: Response): FinalHeaders | undefined {
    return response[key]
  }

  /** Makes the last line that sets this cookie the only one. */
  keepCookie(name: string): void {
    const line = linesOf(this.#response.getHeader('Set-Cookie')).findLast((line) => cookieNameIn(line) === name)
    if (line !== undefined) this.#cookies.set(name, line)
    this.apply()
  }

  /** Takes the cookie back, if it was set to this value. */
  takeBack(name: string, value: string): void {
    const line = this.#cookies.get(name)
    if (line?.split(';', 1)[0] !== `${name}=${value}`) return
    this.#cookies.delete(name)
    this.#setCookies(linesOf(this.#response.getHeader('Set-Cookie')).filter((other) => other !== line))
  }

  /** Has the browser remove these kinds of data, such as `"storage"`. */
  clearSiteData(kinds: readonly string[]): void {
    this.#clearSiteData = kinds
    this.apply()
  }

  /** Sets the headers, beside what others have set. Without effect once the header is sent. */
  apply(): void {
    if (this.#response.headersSent) return
    this.#applyCookies()
    this.#change('Cache-Control', (list) => withToken(list, 'no-store'))
    this.#change('Vary', withCookie)
    if (this.#clearSiteData.length === 0) return
    this.#change('Clear-Site-Data', (list) => this.#clearSiteData.reduce(withToken, list))
  }

  #applyCookies(): void {
    const lines = linesOf(this.#response.getHeader('Set-Cookie'))
    const ours = [...this.#cookies.values()]
    const others = lines.filter((line) => !this.#cookies.has(cookieNameIn(line)))
    const isRight = lines.length === others.length + ours.length && ours.every((line) => lines.includes(line))
    if (!isRight) this.#setCookies([...others, ...ours])
  }

  #setCookies(lines: readonly string[]): void {
    if (lines.length > 0) this.#response.setHeader('Set-Cookie', lines)
    else this.#response.removeHeader('Set-Cookie')
  }

  #change(name: string, change: (list: string) => string): void {
    const value: HeaderValue = this.#response.getHeader(name)
    const list = change(listOf(value))
    if (list !== value) this.#response.setHeader(name, list)
  }
}
