import type { KoaContext } from './context.js'

const told = Symbol('the response carries a session cookie')

/** Keeps a response that carries a session id out of every cache, beside what the app says about caching. */
export function keepFromCaches(ctx: KoaContext): void {
  Reflect.set(ctx, told, true)
  ctx.set('Cache-Control', withNoStore(String(ctx.response.get('Cache-Control') ?? '')))
  ctx.vary('Cookie')
}

/** The same again, at the end of the request, where the app may have replaced these headers. */
export function keepFromCachesStill(ctx: KoaContext): void {
  if (Reflect.has(ctx, told) && !ctx.headerSent) keepFromCaches(ctx)
}

/** The headers of the response that must survive an error: those that go with the session cookie. */
export function sessionHeaders(ctx: KoaContext): Record<string, string> {
  if (!Reflect.has(ctx, told)) return {}
  const cleared = ctx.response.get('Clear-Site-Data')
  return {
    'Cache-Control': 'no-store',
    Vary: 'Cookie',
    ...(cleared && { 'Clear-Site-Data': String(cleared) }),
  }
}

function withNoStore(value: string): string {
  const directives = value.split(',').map((directive) => directive.trim())
  const others = directives.filter((directive) => directive !== '' && !/^no-store$/i.test(directive))
  return [...others, 'no-store'].join(', ')
}
