import type { CookieChange, CookieChannel } from '../core/cookie-channel.js'
import { isWellFormedId } from '../core/id.js'
import type { ResolvedOptions } from '../core/options.js'
import type { KoaContext } from './context.js'

/** The session id that the request's cookie holds, if it could be one. Nothing else ever reaches the database. */
export function readCookie(ctx: KoaContext, { key }: ResolvedOptions): string | undefined {
  const value = ctx.cookies.get(key, { signed: false })
  return isWellFormedId(value) ? value : undefined
}

/** Lets the response set and clear the cookie, until it has begun. */
export function cookieChannel(ctx: KoaContext, options: ResolvedOptions): CookieChannel {
  return {
    get isOpen() {
      return !ctx.headerSent
    },
    tell: (change) => {
      if (ctx.headerSent) return
      if (change.kind === 'keep') takeBack(ctx, `${options.key}=${change.id}`)
      else writeCookie(ctx, options, change)
    },
  }
}

/** Removes the header that sets the cookie so. */
function takeBack({ response }: KoaContext, pair: string): void {
  const cookies = [response.get('Set-Cookie') ?? []].flat()
  const others = cookies.filter((cookie) => cookie.split(';', 1)[0] !== pair)
  if (others.length === cookies.length) return
  if (others.length > 0) response.set('Set-Cookie', others)
  else response.remove('Set-Cookie')
}

type Told = Exclude<CookieChange, { kind: 'keep' }>

function writeCookie(ctx: KoaContext, { key, cookie }: ResolvedOptions, change: Told): void {
  const { persistent, ...given } = cookie
  const secure = cookie.secure === 'auto' ? ctx.secure : cookie.secure
  const attributes = { ...given, secure, signed: false, overwrite: true }
  const lifetime = change.kind === 'set' && change.maxAge !== undefined ? { maxAge: change.maxAge } : {}
  const write = (): unknown =>
    ctx.cookies.set(key, change.kind === 'set' ? change.id : null, { ...attributes, ...lifetime })
  if (secure) asSecure(ctx, write)
  else write()
}

/** Koa refuses a secure cookie where it sees no HTTPS. With `secure: true` it is the app that knows of the proxy. */
function asSecure(ctx: KoaContext, write: () => unknown): void {
  const { secure } = ctx.cookies
  ctx.cookies.secure = true
  try {
    write()
  } finally {
    ctx.cookies.secure = secure
  }
}
