import type { IncomingMessage } from 'node:http'
import { MemorySessionBackend, SessionManager, type SessionProperties, session } from 'koa-session-model'
import { cookieFor, type ResponseWithCookies, sessionOf } from 'koa-session-model/testing'
import type { Response as SupertestResponse } from 'supertest'
import { type Equal, expectType } from './expect.js'

type Columns = { userId: number | null; label: string | null }

const backend = new MemorySessionBackend<Columns>({ userId: null, label: null })
const manager = new SessionManager<Columns, { cart: string[] }>({ backend })

expectType<Equal<ReturnType<typeof cookieFor>, Promise<string>>>(true)
await cookieFor(manager)
await cookieFor(manager, { userId: 1, cart: ['book'], other: true }, { maxAge: '1h', authenticated: false })
// @ts-expect-error: a wrong type
await cookieFor(manager, { userId: '1' })
// @ts-expect-error: a wrong type
await cookieFor(manager, { cart: 'book' })
// @ts-expect-error: no such option
await cookieFor(manager, {}, { auth: true })
// @ts-expect-error: the middleware is no manager
await cookieFor(session(manager))
// @ts-expect-error: options are no manager
await cookieFor({ backend })

declare const fetched: Response
declare const tested: SupertestResponse
declare const message: IncomingMessage
for (const response of [fetched, tested, message, { headers: { 'set-cookie': 'sid=x' } }]) {
  const stored = await sessionOf(manager, response)
  expectType<Equal<typeof stored, SessionProperties<Columns, { cart: string[] }> | null | undefined>>(true)
  expectType<Equal<NonNullable<typeof stored>['userId'], number | null>>(true)
  expectType<Equal<NonNullable<typeof stored>['cart'], string[] | undefined>>(true)
}
const response: ResponseWithCookies = fetched
// @ts-expect-error: a response is needed
await sessionOf(manager)
// @ts-expect-error: the headers alone are no response
await sessionOf(manager, fetched.headers)
// @ts-expect-error: a promise is no response
await sessionOf(manager, fetch('http://localhost/'))
await sessionOf(manager, response)
