import type { IncomingMessage } from 'node:http'
import type Koa from 'koa'
import {
  bearer,
  cookie,
  MemorySessionBackend,
  SessionManager,
  session,
  type Transport,
  type TransportChange,
  type TransportOption,
} from 'koa-session-model'
import { type Equal, expectType } from './expect.js'

const backend = new MemorySessionBackend()

session({ backend, transport: 'cookie' })
session({ backend, transport: bearer() })
session({ backend, transport: [bearer({ header: 'X-Session-Id', answers: () => true }), cookie()] })
session({ backend, transport: { read: ({ headers }) => headers['x-session-id'] } })
session({ backend, transport: { read: () => undefined, write: (ctx: Koa.Context) => ({ 'X-Path': ctx.path }) } })

const manager = new SessionManager({ backend, transport: bearer() })
expectType<Equal<typeof manager.options.transport, readonly TransportOption[]>>(true)
declare const upgrade: IncomingMessage
void manager.fromRequest(upgrade)
void manager.fromRequest({ headers: { authorization: 'Bearer x' } })

export function idTold(change: TransportChange): string | undefined {
  if (change.type === 'withdraw') {
    expectType<Equal<typeof change.reason, 'logout' | 'gone'>>(true)
    // @ts-expect-error: an id that is withdrawn is not told
    return change.id
  }
  // @ts-expect-error: only an id that is sent has an expiry
  if (change.type === 'keep') void change.expires
  return change.id
}

// @ts-expect-error: no such transport
session({ backend, transport: 'bearer' })
// @ts-expect-error: the factory is not called
session({ backend, transport: bearer })
// @ts-expect-error: nothing reads the id
session({ backend, transport: { write: () => undefined } })
// @ts-expect-error: an id is read at once
session({ backend, transport: { read: async () => 'x' } })
// @ts-expect-error: fromRequest() has no context of Koa
session({ backend, transport: { read: (ctx: Koa.Context) => ctx.get('X-Session-Id') } })
// @ts-expect-error: headers are text
session({ backend, transport: { read: () => undefined, write: () => ({ 'X-A': 1 }) } })
// @ts-expect-error: no such option
bearer({ headers: 'X-Session-Id' })
// @ts-expect-error: a request has no query here
void ({ read: ({ query }) => query.id } satisfies Transport)
