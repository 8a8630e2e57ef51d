import { format } from 'node:util'
import type { KoaContext } from './context.js'
import type { SessionCookie } from './cookie.js'
import { type Headers, valuesOf, without, withSessionHeaders } from './headers.js'

/**
 * Lets the cookie survive an error: Koa then removes every header, and sets those that the error has.
 *
 * The error has the cookie only while Koa answers with it, and hidden from loggers: the same error may be thrown again
 * for somebody else, and the id belongs in no log.
 */
export function keepCookieOnError(ctx: KoaContext, cookie: SessionCookie): void {
  const { onerror } = ctx
  const name = cookie.nameOn(ctx)
  ctx.onerror = (thrown) => {
    const ours = [ctx.response.get('Set-Cookie') ?? []].flat().filter((line) => line.startsWith(`${name}=`))
    // Koa calls it without an error when a response has ended well.
    if (ours.length === 0 || thrown === null || thrown === undefined) return onerror.call(ctx, thrown)
    const error = errorOf(thrown)
    const headers = withSessionHeaders(ctx, addCookies(headersOf(error), ours))
    withHeaders(error, headers, () => onerror.call(ctx, error as Error))
  }
}

/** What was thrown, or the error that Koa makes of it where it can have no headers. */
function errorOf(thrown: unknown): object {
  if (typeof thrown === 'object' && thrown !== null) return thrown
  return new Error(format('non-error thrown: %j', thrown))
}

function headersOf(error: object): Headers {
  return (error as { headers?: Headers }).headers ?? {}
}

function addCookies(headers: Headers, cookies: readonly string[]): Headers {
  return { ...without(headers, 'Set-Cookie'), 'Set-Cookie': [...valuesOf(headers, 'Set-Cookie'), ...cookies] }
}

function withHeaders(error: object, headers: Headers, run: () => void): void {
  const own = Object.getOwnPropertyDescriptor(error, 'headers')
  Reflect.defineProperty(error, 'headers', { value: headers, configurable: true, enumerable: false })
  try {
    run()
  } finally {
    if (own) Reflect.defineProperty(error, 'headers', own)
    else Reflect.deleteProperty(error, 'headers')
  }
}
