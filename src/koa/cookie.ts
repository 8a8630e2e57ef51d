import { cookieIn } from '../core/manager/cookie-header.js'
import type { ResolvedOptions } from '../core/options/options.js'
import type { CookieSink } from '../core/session/cookie-sink.js'
import type { KoaContext } from './context.js'
import { CookieLines } from './cookie-lines.js'
import { FinalHeaders } from './final-headers.js'
import { type CarriedId, type IdChannel, idIn } from './id-channel.js'

const behindProxy =
  'Koa sees no HTTPS, and the option cookie.secure is true, or a proxy says that there is HTTPS. ' +
  'Behind a proxy that ends TLS set app.proxy = true: until then the cookie is not protected as it could be. ' +
  "Without HTTPS browsers drop a secure cookie: use cookie.secure 'auto'."

const dropped =
  'Browsers drop such a cookie without Secure, so that each request of a browser has a new session. Serve over HTTPS (behind ' +
  "a proxy that ends TLS with app.proxy = true), or use cookie.sameSite 'lax' without partitioned."

/** The session cookie of one middleware: how it is read from a request, and written to a response. */
export class SessionCookie implements IdChannel {
  readonly #options: ResolvedOptions
  /** The lines of the cookie for plain requests, and for requests over HTTPS. */
  readonly #plain: CookieLines
  readonly #secure: CookieLines
  #hasWarned = false

  constructor(options: ResolvedOptions) {
    const { key, cookie } = options
    this.#options = options
    this.#plain = new CookieLines(key, cookie, false)
    this.#secure = new CookieLines(key, cookie, true)
  }

  /** The name that the cookie has on this request. */
  nameOn(ctx: KoaContext): string {
    return this.#linesOn(ctx).name
  }

  read(ctx: KoaContext): CarriedId {
    return idIn(this.valueOn(ctx))
  }

  /** The value of the cookie on this request. */
  valueOn(ctx: KoaContext): string | undefined {
    const header = ctx.req.headers.cookie
    return header ? cookieIn(header, this.nameOn(ctx)) : undefined
  }

  /** Without an id of ours, or if the old cookie has the name of ours: then only its signature tells them apart. */
  mayAdopt(ctx: KoaContext, found: CarriedId): boolean {
    return typeof found !== 'object' || this.#options.adopt?.cookie === this.nameOn(ctx)
  }

  sinkOf(ctx: KoaContext): CookieSink {
    return new ResponseCookie(this, ctx)
  }

  /** Sets the cookie of a response; removes it if `id` is `null`. Without `maxAge` (milliseconds) it ends with the browser. */
  write(ctx: KoaContext, id: string | null, maxAge?: number): void {
    const secure = this.#isSecure(ctx)
    if (!ctx.secure) this.#lookAtPlainRequest(ctx, secure)
    const lines = secure ? this.#secure : this.#plain
    const line = id === null ? lines.removing() : lines.setting(id, maxAge)
    FinalHeaders.on(ctx.res).setCookie(lines.name, line)
  }

  /** Withdraws the cookie from the response, if it was set to this id. */
  takeBack(ctx: KoaContext, id: string): void {
    FinalHeaders.of(ctx.res)?.takeBack(this.nameOn(ctx), id)
  }

  /**
   * Asks the browser to remove the data that the option `clearSiteData` names.
   * @see https://www.w3.org/TR/clear-site-data/
   */
  clearSiteData(ctx: KoaContext): void {
    FinalHeaders.on(ctx.res).clearSiteData(this.#options.clearSiteData)
  }

  /** Warns that browsers may drop or expose the cookie, for a request without HTTPS in Koa's eyes. */
  #lookAtPlainRequest(ctx: KoaContext, secure: boolean): void {
    if (secure || this.#mayBeSecure(ctx)) this.#warn('KOA_SESSION_MODEL_INSECURE', behindProxy)
    else if (this.#needsSecure !== undefined) {
      this.#warn(
        'KOA_SESSION_MODEL_COOKIE_DROPPED',
        `${this.#needsSecure}, and a request came over plain HTTP. ${dropped}`,
      )
    }
  }

  #warn(code: string, message: string): void {
    if (this.#hasWarned) return
    this.#hasWarned = true
    process.emitWarning(`koa-session-model: ${message}`, { code })
  }

  /** The attribute, as a sentence, for which browsers require `Secure`; `undefined` if there is none. */
  get #needsSecure(): string | undefined {
    const { sameSite, partitioned } = this.#options.cookie
    if (sameSite === 'none') return "The option cookie.sameSite is 'none'"
    return partitioned ? 'The option cookie.partitioned is true' : undefined
  }

  /** Whether a proxy that Koa does not trust says that the request came over HTTPS. */
  #mayBeSecure(ctx: KoaContext): boolean {
    return this.#options.cookie.secure === 'auto' && /^https\b/i.test(ctx.get('X-Forwarded-Proto'))
  }

  #linesOn(ctx: KoaContext): CookieLines {
    return this.#isSecure(ctx) ? this.#secure : this.#plain
  }

  #isSecure(ctx: KoaContext): boolean {
    const { secure } = this.#options.cookie
    return secure === 'auto' ? ctx.secure : secure
  }
}

/** The cookie of one response, which can be set and cleared until the response has begun. */
export class ResponseCookie implements CookieSink {
  readonly #cookie: SessionCookie
  readonly #ctx: KoaContext

  constructor(cookie: SessionCookie, ctx: KoaContext) {
    this.#cookie = cookie
    this.#ctx = ctx
  }

  get isOpen(): boolean {
    return !this.#ctx.res.headersSent
  }

  set(id: string, maxAge: number | undefined): void {
    if (this.isOpen) this.#cookie.write(this.#ctx, id, maxAge)
  }

  clear(reason: 'logout' | 'gone'): void {
    if (!this.isOpen) return
    this.#cookie.write(this.#ctx, null)
    if (reason === 'logout') this.#cookie.clearSiteData(this.#ctx)
  }

  keep(id: string): void {
    if (this.isOpen) this.#cookie.takeBack(this.#ctx, id)
  }
}
