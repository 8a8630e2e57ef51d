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
export function writeCookie(ctx: KoaContext, { key, cookie }: ResolvedOptions, change: CookieChange): void {
  const secure = cookie.secure === 'auto' ? ctx.secure : cookie.secure
  const attributes = { ...cookie, secure, signed: false, overwrite: true }
  if (change.kind === 'clear') ctx.cookies.set(key, null, attributes)
  else ctx.cookies.set(key, change.id, { ...attributes, maxAge: change.maxAge })
}

/** Koa drops all headers when an error is thrown, then sets those of the error: there our cookie survives. */
export function keepCookie(ctx: KoaContext, { key }: ResolvedOptions, error: unknown): void {
  if (typeof error !== 'object' || error === null || !Object.isExtensible(error)) return
  const set = [ctx.response.get('Set-Cookie') ?? []].flat().filter((cookie) => cookie.startsWith(`${key}=`))
  if (set.length === 0) return
  const { headers } = error as { headers?: Record<string, string | string[]> }
  const others = [headers?.['set-cookie'] ?? []].flat()
  Object.assign(error, { headers: { ...headers, 'set-cookie': [...others, ...set] } })
}
