import Koa from 'koa'
import {
  MemorySessionBackend,
  type RegisteredModel,
  type SessionContext,
  SessionManager,
  type SessionPolicy,
  session,
} from 'koa-session-model'
import { Clock } from '../../support/clock.js'
import { Client } from './client.js'
import { serve } from './serve.js'
import { WatchedBackend } from './watched-backend.js'

/** The custom columns of the sites in these tests. */
export type Columns = { userId: number | null; label: string | null; seenAt: Date | null }

export type Context = Koa.ParameterizedContext<Koa.DefaultState, SessionContext<RegisteredModel<Columns>>>

/** The handlers of a site, by path. */
export type Handlers = Readonly<Record<string, (ctx: Context) => unknown>>

export type Options = SessionPolicy & { readonly proxy?: boolean }

/** A running Koa app with the session middleware, and what a test needs to look behind it. */
export interface Site {
  readonly backend: WatchedBackend<Columns>
  readonly manager: SessionManager<Columns>
  readonly clock: Clock
  /** What Koa reported as errors. */
  readonly errors: unknown[]
  readonly url: string
  client(): Client
}

export function memory(): WatchedBackend<Columns> {
  return new WatchedBackend(new MemorySessionBackend<Columns>({ userId: null, label: null, seenAt: null }))
}

/** Starts a site on `backend`, with handlers that answer with an empty object unless they set a body. */
export async function start(handlers: Handlers, options: Options = {}, backend = memory()): Promise<Site> {
  const { proxy = false, ...sessionOptions } = options
  const clock = new Clock()
  const manager = new SessionManager<Columns>({ now: clock.now, cleanup: false, ...sessionOptions, backend })
  const errors: unknown[] = []
  const app = new Koa({ proxy })
  app.on('error', (error) => errors.push(error))
  app.use(session(manager)).use(async (ctx) => {
    ctx.status = 200
    await handlers[ctx.path]?.(ctx)
    if (ctx.status === 200 && ctx.respond !== false) ctx.body ??= {}
  })
  const url = await serve(app)
  return { backend, manager, clock, errors, url, client: () => new Client(url, manager.options.key) }
}
