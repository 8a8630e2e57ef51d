import { isWellFormedId } from '../core/id.js'
import type { ResolvedOptions } from '../core/options.js'
import type { CookieChange } from '../core/session.js'
import type { KoaContext } from './context.js'

/** The session id that the request's cookie holds, if it could be one. Nothing else ever reaches the database. */
export function readCookie(ctx: KoaContext, { key }: ResolvedOptions): string | undefined {
  const value = ctx.cookies.get(key, { signed: false })
  return isWellFormedId(value) ? value : undefined
}

/** Lets the response set or clear the cookie. */
export function writeCookie(ctx: KoaContext, options: ResolvedOptions, change: CookieChange): void {
  const { key, cookie } = options
  if (ctx.headerSent && (change.kind === 'clear' || change.id === readCookie(ctx, options))) return
  const secure = cookie.secure === 'auto' ? ctx.secure : cookie.secure
  const attributes = { ...cookie, secure, signed: false, overwrite: true }
  const write = (): unknown =>
    change.kind === 'clear'
      ? ctx.cookies.set(key, null, attributes)
      : ctx.cookies.set(key, change.id, { ...attributes, maxAge: change.maxAge })
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
