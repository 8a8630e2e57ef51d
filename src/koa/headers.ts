import type { KoaContext } from './context.js'

const told: unique symbol = Symbol('the response carries a session cookie')

/** A context, as this file marks it. */
type Marked = KoaContext & { [told]?: true }

/** Keeps a response that carries a session id out of every cache, beside what the app says about caching. */
export function keepFromCaches(ctx: Marked): void {
  ctx[told] = true
  const control = String(ctx.response.get('Cache-Control') ?? '')
  if (control !== 'no-store') ctx.set('Cache-Control', control === '' ? 'no-store' : withNoStore(control))
  const vary = ctx.response.get('Vary') ?? ''
  if (vary === '') ctx.set('Vary', 'Cookie')
  else if (vary !== 'Cookie') ctx.vary('Cookie')
}

/** The same again, at the end of the request, where the app may have replaced these headers. */
export function keepFromCachesStill(ctx: Marked): void {
  if (ctx[told] && !ctx.headerSent) keepFromCaches(ctx)
}

/** Headers by name, in any case, as an error has them. */
export type Headers = Readonly<Record<string, unknown>>

/** The headers of an error, and of the response those that must survive it: they go with the session cookie. */
export function withSessionHeaders(ctx: Marked, headers: Headers): Headers {
  if (!ctx[told]) return headers
  const cleared = ctx.response.get('Clear-Site-Data')
  return {
    ...without(headers, 'Cache-Control', 'Vary'),
    'Cache-Control': withNoStore(valuesOf(headers, 'Cache-Control').join()),
    Vary: withCookie(valuesOf(headers, 'Vary').join()),
    ...(cleared && { 'Clear-Site-Data': String(cleared) }),
  }
}

/** The values that the headers have under this name. */
export function valuesOf(headers: Headers, name: string): unknown[] {
  return Object.entries(headers).flatMap(([key, value]) => (isOneOf(key, [name]) ? value : []))
}

/** The headers that have none of these names. */
export function without(headers: Headers, ...names: readonly string[]): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => !isOneOf(key, names)))
}

function isOneOf(key: string, names: readonly string[]): boolean {
  return names.some((name) => name.toLowerCase() === key.toLowerCase())
}

function withNoStore(value: string): string {
  return [...otherTokens(value, 'no-store'), 'no-store'].join(', ')
}

function withCookie(value: string): string {
  const others = otherTokens(value, 'cookie')
  return others.includes('*') ? '*' : [...others, 'Cookie'].join(', ')
}

/** What a list in a header has besides `token`. */
function otherTokens(value: string, token: string): string[] {
  const tokens = value.split(',').map((part) => part.trim())
  return tokens.filter((part) => part !== '' && part.toLowerCase() !== token)
}
