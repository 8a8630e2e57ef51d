import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import {
  type CreatedSession,
  type IterateOptions,
  type ListedSession,
  MemorySessionBackend,
  SessionManager,
  type SessionMembers,
  type SessionProperties,
  type SessionView,
  type SessionWatch,
} from 'koa-session-model'
import { type Equal, expectType } from './expect.js'
import { models } from './models.js'

type Columns = { userId: number | null; label: string | null; seenAt: Date | null; settings: { theme: string } | null }

const manager = new SessionManager({
  backend: new MemorySessionBackend<Columns>({ userId: null, label: null, seenAt: null, settings: null }),
})

await manager.list({ userId: 42 })
await manager.list({ userId: null, label: 'x', seenAt: new Date() }, { limit: 10 })
await manager.list({ id: 'x' })
// @ts-expect-error: no such column
await manager.list({ user: 42 })
// @ts-expect-error: a wrong type
await manager.list({ userId: '42' })
// @ts-expect-error: undefined would match nothing
await manager.list({ userId: undefined })
// @ts-expect-error: no operators
await manager.list({ userId: { $gt: 1 } })
// @ts-expect-error: no list of values
await manager.list({ userId: [1, 2] })
// @ts-expect-error: a column that holds objects cannot be compared
await manager.list({ settings: { theme: 'dark' } })
// @ts-expect-error: no such option
await manager.list({ userId: 42 }, { max: 10 })

await manager.list({}, { order: 'id', after: null })
// @ts-expect-error: no such order
await manager.list({}, { order: 'createdAt' })
// @ts-expect-error: a cursor is text
await manager.list({}, { order: 'id', after: 5 })
// @ts-expect-error: a list says which sessions
await manager.list()

expectType<Equal<Awaited<ReturnType<typeof manager.count>>, number>>(true)
await manager.count()
await manager.count({ userId: 42, label: null })
// @ts-expect-error: no such column
await manager.count({ user: 42 })
// @ts-expect-error: a wrong type
await manager.count({ userId: '42' })
// @ts-expect-error: undefined would match nothing
await manager.count({ userId: undefined })

for await (const session of manager.iterate()) {
  expectType<Equal<typeof session, ListedSession<Columns>>>(true)
  expectType<Equal<typeof session.cursor, string>>(true)
  manager.iterate({ userId: session.properties.userId }, { batch: 10, after: session.cursor })
}
// @ts-expect-error: no such column
manager.iterate({ user: 42 })
// @ts-expect-error: a wrong type
manager.iterate({ seenAt: 'today' })
// @ts-expect-error: no such option
manager.iterate({}, { limit: 10 })
const options: IterateOptions = { batch: 1 }
manager.iterate({}, options)

expectType<Equal<Awaited<ReturnType<typeof manager.revoke>>, number>>(true)
await manager.revoke({ userId: 42 })
// @ts-expect-error: no such column
await manager.revoke({ user: 42 })
// @ts-expect-error: a condition is needed
await manager.revoke()

const [first] = await manager.list({ userId: 42 })
expectType<Equal<typeof first, ListedSession<Columns> | undefined>>(true)
if (first) {
  expectType<Equal<typeof first.properties.userId, number | null>>(true)
  expectType<Equal<typeof first.properties.foo, unknown>>(true)
  expectType<Equal<typeof first.createdAt, Date | null>>(true)
  // @ts-expect-error: the id is only read
  first.id = 'x'
}

const found = await manager.get('id')
expectType<Equal<typeof found, SessionProperties<Columns> | undefined>>(true)
if (found) expectType<Equal<typeof found.seenAt, Date | null>>(true)

await manager.set('id', { userId: 1, views: 2 })
await manager.set('id', {})
// @ts-expect-error: a wrong type
await manager.set('id', { userId: '1' })
// @ts-expect-error: not an object
await manager.set('id', null)

expectType<Equal<Awaited<ReturnType<typeof manager.delete>>, void>>(true)
expectType<Equal<Awaited<ReturnType<typeof manager.deleteAll>>, number>>(true)
expectType<Equal<Awaited<ReturnType<typeof manager.deleteExpired>>, number>>(true)
expectType<Equal<ReturnType<typeof manager.close>, void>>(true)
expectType<Equal<typeof manager.options.maxAge, number>>(true)
// @ts-expect-error: the options are only read
manager.options.maxAge = 1

// A watch takes the session of a request or an id.
const watch = await manager.watch('id', { every: '30s' })
expectType<Equal<typeof watch, SessionWatch>>(true)
expectType<Equal<typeof watch.signal, AbortSignal>>(true)
expectType<Equal<typeof watch.reason, 'logout' | 'revoked' | 'limit' | 'ended' | 'expired' | 'lost' | undefined>>(true)
// @ts-expect-error: the session may be missing
await manager.watch(await manager.fromRequest({ headers: {} }))
// @ts-expect-error: no id
await manager.watch(42)
// @ts-expect-error: no such option
await manager.watch('id', { evry: '30s' })
// @ts-expect-error: only the manager aborts it
watch.reason = 'logout'

// Requests of Node fit, and what has their headers.
declare const request: IncomingMessage
declare const request2: Http2ServerRequest
await manager.fromRequest(request, { secure: true })
await manager.fromRequest(request2)
await manager.fromRequest({ headers: { cookie: 'sid=x' }, socket: { encrypted: true } })
// @ts-expect-error: a wrong type
await manager.fromRequest(request, { secure: 'auto' })

// What was created has the id and the properties.
const created = await manager.create(
  { userId: 42, cart: ['book'] },
  { maxAge: '1h', authenticated: true, secure: true },
)
expectType<Equal<typeof created, CreatedSession<Columns>>>(true)
expectType<Equal<typeof created.id, string>>(true)
expectType<Equal<typeof created.cookie, string>>(true)
expectType<Equal<typeof created.properties.userId, number | null>>(true)
await manager.create()
// @ts-expect-error: a wrong type
await manager.create({ userId: 'x' })
// @ts-expect-error: no such option
await manager.create({}, { maxage: 1 })

// The columns come from the model.
const { entity, model } = models()
await new SessionManager({ model: entity }).revoke({ userId: 42, label: null })
await new SessionManager({ model }).revoke({ userId: 42, label: null })
await new SessionManager({ model: entity }).count({ userId: 42 })
// @ts-expect-error: no such column
await new SessionManager({ model }).count({ tenant: 'x' })
for await (const { properties } of new SessionManager({ model: entity }).iterate({ label: 'x' })) {
  expectType<Equal<typeof properties.userId, number | null>>(true)
}
// @ts-expect-error: no such column
await new SessionManager({ model }).revoke({ tenant: 'x' })
// @ts-expect-error: a wrong type
await new SessionManager({ model: entity }).revoke({ label: 5 })

// A view is its members and its properties.
declare const view: SessionView<Columns>
const members: SessionMembers<SessionProperties<Columns>> = view
const properties: SessionProperties<Columns> = view
void [members, properties]
