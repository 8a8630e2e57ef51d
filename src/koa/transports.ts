import { type Carried, carriedBy } from '../core/manager/carried-id.js'
import type { ResolvedOptions } from '../core/options/options.js'
import type { Transport, TransportChange, TransportOption } from '../core/options/transport.js'
import { type CookieSink, noBrowser } from '../core/session/cookie-sink.js'
import { check, invalidOption, isBoolean, isObject } from '../core/validation.js'
import type { KoaContext } from './context.js'
import { SessionCookie } from './cookie.js'
import { FinalHeaders } from './final-headers.js'
import { type CarriedId, type IdChannel, idIn } from './id-channel.js'

/** The channel of a middleware with these options. */
export function channelFor(options: ResolvedOptions): IdChannel {
  const isCookieOnly = options.transport.length === 1 && options.transport[0] === 'cookie'
  return isCookieOnly ? new SessionCookie(options) : new TransportChannel(options)
}

const nothing: Carried = { value: undefined, by: [], isByCookieOnly: true }

/** The channel of the option `transport`, unless that is the cookie alone. */
class TransportChannel implements IdChannel {
  readonly options: ResolvedOptions
  readonly #cookie: SessionCookie | undefined
  /** What each request carries. */
  readonly #carried = new WeakMap<KoaContext, Carried>()

  constructor(options: ResolvedOptions) {
    this.options = options
    this.#cookie = options.transport.includes('cookie') ? new SessionCookie(options) : undefined
  }

  read(ctx: KoaContext): CarriedId {
    const carried = carriedBy(this.options.transport, ctx, () => this.#cookie?.valueOn(ctx))
    this.#carried.set(ctx, carried)
    return idIn(carried.value)
  }

  nameOn(ctx: KoaContext): string | undefined {
    return this.#cookie?.nameOn(ctx)
  }

  mayAdopt(ctx: KoaContext, found: CarriedId): boolean {
    return this.carriedOn(ctx).isByCookieOnly && (this.#cookie?.mayAdopt(ctx, found) ?? false)
  }

  sinkOf(ctx: KoaContext, isOld: boolean): CookieSink {
    return new ResponseTransports(this, ctx, this.#cookie?.sinkOf(ctx) ?? noBrowser, isOld)
  }

  carriedOn(ctx: KoaContext): Carried {
    return this.#carried.get(ctx) ?? nothing
  }

  /**
   * The transports that tell the client: those whose value decided. If the request used none, the first that `answers`; else the
   * cookie, since a header would show the id to scripts of a browser; else all.
   */
  answeringOn(ctx: KoaContext, isOld: boolean): readonly TransportOption[] {
    const { transport: transports } = this.options
    const { by } = this.carriedOn(ctx)
    if (isOld) return ['cookie']
    if (by.length > 0) return by
    const claiming = transports.find((transport) => transport !== 'cookie' && answers(transport, ctx))
    if (claiming) return [claiming]
    return transports.includes('cookie') ? ['cookie'] : transports
  }

  /** The names of the request headers that decide which session a response is about. */
  get vary(): readonly string[] {
    return this.options.transport.flatMap((transport) => (transport === 'cookie' ? ['Cookie'] : (transport.vary ?? [])))
  }
}

/** Tells the client of its id by the transports, until the response has begun. */
class ResponseTransports implements CookieSink {
  readonly #channel: TransportChannel
  readonly #ctx: KoaContext
  readonly #cookie: CookieSink
  readonly #isOld: boolean
  #answering: readonly TransportOption[] | undefined
  /** The id that this response has sent last. */
  #sent: string | undefined

  constructor(channel: TransportChannel, ctx: KoaContext, cookie: CookieSink, isOld: boolean) {
    this.#channel = channel
    this.#ctx = ctx
    this.#cookie = cookie
    this.#isOld = isOld
  }

  get isOpen(): boolean {
    return !this.#ctx.res.headersSent
  }

  set(id: string, maxAge: number | undefined, expires: Date): void {
    if (!this.isOpen) return
    const type = !this.#isOld && this.#channel.carriedOn(this.#ctx).value === id ? 'renew' : 'issue'
    this.#sent = id
    this.#protect([])
    this.#tell(
      () => ({ type, id, expires: new Date(expires) }),
      () => this.#cookie.set(id, maxAge, expires),
    )
  }

  clear(reason: 'logout' | 'gone'): void {
    if (!this.isOpen) return
    this.#sent = undefined
    this.#protect(reason === 'logout' ? this.#channel.options.clearSiteData : [])
    this.#tell(
      () => ({ type: 'withdraw', reason }),
      () => this.#cookie.clear(reason),
    )
  }

  keep(id: string): void {
    if (!this.isOpen || (this.#sent !== undefined && this.#sent !== id)) return
    this.#tell(
      () => ({ type: 'keep', id }),
      () => this.#cookie.keep(id),
    )
  }

  #tell(change: () => TransportChange, cookie: () => void): void {
    this.#answering ??= this.#channel.answeringOn(this.#ctx, this.#isOld)
    for (const transport of this.#answering) {
      if (transport === 'cookie') cookie()
      else this.#keepHeaders(transport, headersOf(transport, this.#ctx, change()))
    }
  }

  #keepHeaders(transport: Transport, headers: Readonly<Record<string, string>>): void {
    const { res } = this.#ctx
    const isNeeded = Object.keys(headers).length > 0 || FinalHeaders.of(res) !== undefined
    if (isNeeded) FinalHeaders.on(res).keepHeaders(transport, headers)
  }

  /** Keeps the response out of caches, and asks the browser to remove these kinds of data. */
  #protect(cleared: readonly string[]): void {
    const headers = FinalHeaders.on(this.#ctx.res)
    headers.vary(this.#channel.vary)
    if (cleared.length > 0) headers.clearSiteData(cleared)
  }
}

function answers(transport: Transport, ctx: KoaContext): boolean {
  const answer = transport.answers?.(ctx) ?? false
  return check('answers of a transport', answer, isBoolean, 'a function that returns true or false at once')
}

/** Headers that the session sets itself, in lower case. */
const ours: readonly string[] = ['set-cookie', 'cache-control', 'vary', 'clear-site-data']

/** The headers of a transport for a change. Throws `OPTION_INVALID` if it returns no headers, or those of others. */
function headersOf(transport: Transport, ctx: KoaContext, change: TransportChange): Readonly<Record<string, string>> {
  const headers: unknown = transport.write?.(ctx, change) ?? {}
  const takes = 'one that returns an object of headers at once, or undefined'
  if (!isObject(headers) || Array.isArray(headers) || 'then' in headers) {
    throw invalidOption('transport', 'one whose write() returned no object of headers', takes)
  }
  const given = Object.entries(headers).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    if (typeof value !== 'string') throw invalidOption('transport', `one whose header ${name} is no text`, takes)
    if (ours.includes(name.toLowerCase())) {
      throw invalidOption(
        'transport',
        `one that returned the header ${name}`,
        `other headers, or change ${name} by ctx`,
      )
    }
  }
  return Object.fromEntries(given) as Record<string, string>
}
