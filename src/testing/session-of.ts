import { isWellFormedId } from '../core/codec/id.js'
import { SessionError } from '../core/errors.js'
import type { SessionManager } from '../core/manager/session-manager.js'
import { cookieName } from '../core/options/cookie-options.js'
import * as kinds from '../core/options/kinds.js'
import type { ResolvedOptions } from '../core/options/options.js'
import type { SessionData, SessionProperties } from '../core/session/session-types.js'
import { isObject, shown } from '../core/validation.js'
import { assertManager } from './assert-manager.js'

/**
 * The part of a response that {@link sessionOf} reads: the headers `Set-Cookie`. Responses of `fetch`, supertest, axios, Node's
 * `http` and Fastify's `inject` have it.
 */
export interface ResponseWithCookies {
  readonly headers: object
}

/**
 * Reads the session that the cookie of a response opens, as it is stored. Reading does not renew it.
 *
 * @param manager The manager of the app under test: the one that `session()` got.
 * @param response The response of `fetch`, supertest or another client, with its headers.
 * @returns The properties of the session. `null` if the response ended the session: it cleared the cookie, or what its cookie
 * named is not stored. `undefined` if the response set no session cookie: then the browser's cookie, if any, is as before.
 * @throws `OPTION_INVALID` for something that is no manager or no response, or a manager without the cookie as a
 * transport; `BACKEND_FAILED`, `BACKEND_TIMEOUT` or `DATA_CORRUPT` if the session cannot be read; `MANAGER_CLOSED`.
 * @see docs/testing.md
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { once } from 'node:events'
 * import type { AddressInfo } from 'node:net'
 * import Koa from 'koa'
 * import { MemorySessionBackend, SessionManager, session } from 'koa-session-model'
 * import { sessionOf } from 'koa-session-model/testing'
 *
 * const manager = new SessionManager({ backend: new MemorySessionBackend({ userId: null as number | null }) })
 * const app = new Koa().use(session(manager)).use(async (ctx) => {
 *   if (ctx.path === '/login') ctx.session.userId = 42
 *   ctx.body = 'done'
 * })
 * const server = app.listen(0, '127.0.0.1')
 * await once(server, 'listening')
 *
 * const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/login`)
 * assert.equal((await sessionOf(manager, response))?.userId, 42)
 *
 * server.close()
 * manager.close()
 * ```
 */
export async function sessionOf<Columns extends object = object, Data extends object = SessionData>(
  manager: SessionManager<Columns, Data>,
  response: ResponseWithCookies,
): Promise<SessionProperties<Columns, Data> | null | undefined> {
  assertManager('sessionOf', manager)
  const id = idIn(setCookiesOf(response), manager.options as ResolvedOptions)
  if (id === undefined) return undefined
  const stored = isWellFormedId(id) ? await manager.store.load(id) : undefined
  return stored?.properties ?? null
}

/** The value of the last session cookie, with or without the prefix of HTTPS: browsers keep the last one. */
function idIn(
  setCookies: readonly string[],
  { key, cookie }: Pick<ResolvedOptions, 'key' | 'cookie'>,
): string | undefined {
  const names = [cookieName(key, cookie, false), cookieName(key, cookie, true)]
  const pairs = setCookies.map((text) => /^\s*([^=;]*?)\s*=\s*([^;]*?)\s*(?:;|$)/.exec(text))
  return pairs.findLast((pair) => pair && names.includes(pair[1] as string))?.[2]
}

/** The headers `Set-Cookie` of a response, one by one. */
function setCookiesOf(response: ResponseWithCookies): readonly string[] {
  const headers: unknown = isObject(response) ? response.headers : undefined
  if (!isObject(headers)) throw noResponse(response)
  if (typeof headers.getSetCookie === 'function') return headers.getSetCookie()
  const name = Object.keys(headers).find((key) => key.toLowerCase() === 'set-cookie')
  const found: unknown = name && headers[name]
  return [found ?? []].flat().filter((text) => typeof text === 'string')
}

function noResponse(given: unknown): SessionError {
  const kind = kinds.kindOf(given) ?? shown(given)
  const advice = kind === kinds.promise ? 'Await it first' : 'Give what fetch or supertest resolves to'
  return new SessionError('OPTION_INVALID', `sessionOf() takes a response with headers, and got ${kind}. ${advice}.`)
}
