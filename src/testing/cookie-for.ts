import type { CreateOptions } from '../core/manager/manager-types.js'
import type { SessionManager } from '../core/manager/session-manager.js'
import type { SessionData, SessionProperties } from '../core/session/session-types.js'
import { assertManager } from './assert-manager.js'

/**
 * Stores a session and resolves to the header `Cookie` that opens it: a test of an app logs in by it, without the login form.
 *
 * @param manager The manager of the app under test: the one that `session()` got.
 * @param properties The properties of the session. Columns that are left out have their value in a new session.
 * @param options As for `manager.create()`, but `authenticated` is `true` by default: the session has an `authenticatedAt`. Pass
 * `secure: true` for requests over HTTPS, where the cookie has another name.
 * @throws `OPTION_INVALID` for something that is no manager, or one without the cookie as a transport, and the codes of
 * `manager.create()`.
 * @see docs/testing.md
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict'
 * import { MemorySessionBackend, SessionManager } from 'koa-session-model'
 * import { cookieFor } from 'koa-session-model/testing'
 *
 * const manager = new SessionManager({ backend: new MemorySessionBackend({ userId: null as number | null }) })
 * const headers = { Cookie: await cookieFor(manager, { userId: 42, theme: 'dark' }) } // for fetch or supertest
 * assert.match(headers.Cookie, /^sid=/)
 * manager.close()
 * ```
 */
export async function cookieFor<Columns extends object = object, Data extends object = SessionData>(
  manager: SessionManager<Columns, Data>,
  properties: Partial<SessionProperties<Columns, Data>> = {},
  options: CreateOptions = {},
): Promise<string> {
  assertManager('cookieFor', manager)
  const { cookie } = await manager.create(properties, { authenticated: true, ...options })
  return cookie
}
