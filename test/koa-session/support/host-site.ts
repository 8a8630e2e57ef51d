import Koa from 'koa'
import { MemorySessionBackend, type SessionBackend, SessionManager, type SessionPolicy } from 'koa-session-model'
import { type KoaSessionStoreOptions, koaSessionStore } from 'koa-session-model/koa-session'
import { Client } from '../../koa/support/client.js'
import { serve } from '../../koa/support/serve.js'
import { WatchedBackend } from '../../koa/support/watched-backend.js'
import { type Host, type HostOptions, newest } from './hosts.js'

/** `ctx.session` of koa-session. */
export interface HostSession {
  [name: string]: unknown
  readonly isNew: boolean
  readonly populated: boolean
  maxAge: number | 'session'
  save(callback?: () => void): Promise<void>
  regenerate(callback?: () => void): Promise<void>
  manuallyCommit(): Promise<void>
}

export type HostContext = Koa.Context & { session: HostSession }

export type Handlers = Readonly<Record<string, (ctx: HostContext) => unknown>>

export type Columns = { userId: number | null; seenAt: Date | null }

export interface HostSiteOptions {
  readonly host?: Host
  /** How koa-session gets the store. Default `'store'`. */
  readonly style?: 'store' | 'ContextStore'
  readonly hostOptions?: HostOptions
  readonly policy?: SessionPolicy<Columns>
  readonly storeOptions?: KoaSessionStoreOptions
  /** Default: in memory. */
  readonly backend?: SessionBackend<Columns>
}

export function memory(): WatchedBackend<Columns> {
  return new WatchedBackend(new MemorySessionBackend<Columns>({ userId: null, seenAt: null }))
}

/** Serves handlers with koa-session and our store. A path without one answers with the session. */
export async function startHost(handlers: Handlers, options: HostSiteOptions = {}) {
  const { host = newest, style = 'store', hostOptions = {}, policy = {}, storeOptions = {} } = options
  const watched = options.backend instanceof WatchedBackend ? options.backend : undefined
  const backend = watched ?? (options.backend ? new WatchedBackend(options.backend) : memory())
  const manager = new SessionManager<Columns>({ cleanup: false, ...policy, backend })
  const store = koaSessionStore(manager, storeOptions)
  const given = style === 'store' ? { store } : { ContextStore: store.ContextStore }
  const errors: unknown[] = []
  const app = new Koa()
  app.on('error', (error) => errors.push(error))
  app.use(host({ signed: false, key: 'sid', ...hostOptions, ...given }, app))
  app.use(async (ctx) => {
    const handler = handlers[ctx.path] ?? showSession
    ctx.body = {}
    await handler(ctx as unknown as HostContext)
  })
  const url = await serve(app)
  return { app, backend, manager, store, errors, url, client: () => new Client(url, 'sid') }
}

function showSession(ctx: HostContext): void {
  ctx.body = ctx.session ?? {}
}
