import Koa from 'koa'
import { session } from 'koa-session-model'
import { Client } from '../../koa/support/client.js'
import { serve } from '../../koa/support/serve.js'
import { memory } from '../../koa/support/site.js'
import type { HostContext } from './host-site.js'
import { newest } from './hosts.js'

/** A running app, with koa-session or with our middleware, and a browser. */
export interface BothSite {
  readonly app: Koa
  readonly visitor: Client
  /** What Koa reported as errors. */
  readonly errors: unknown[]
  /** How many sessions are stored. */
  count(): Promise<number>
}

export type BothHandlers = Readonly<Record<string, (ctx: HostContext) => unknown>>

/** A store as koa-session's documentation has it: JSON by key. */
function plainStore() {
  const texts = new Map<string, string>()
  return {
    texts,
    get: async (key: string) => JSON.parse(texts.get(key) ?? 'null') as unknown,
    set: async (key: string, value: unknown) => void texts.set(key, JSON.stringify(value)),
    destroy: async (key: string) => void texts.delete(key),
  }
}

/** The app with koa-session. */
export async function theirSite(handlers: BothHandlers): Promise<BothSite> {
  const store = plainStore()
  const app = new Koa()
  app.use(newest({ key: 'sid', signed: false, maxAge: 60_000, store }, app))
  return serveBoth(app, handlers, async () => store.texts.size)
}

/** The app with our middleware. */
export async function ourSite(handlers: BothHandlers): Promise<BothSite> {
  const backend = memory()
  const app = new Koa()
  app.use(session({ backend, cleanup: false, maxAge: 60_000 }))
  return serveBoth(app, handlers, async () => (await backend.rows()).length)
}

async function serveBoth(app: Koa, handlers: BothHandlers, count: BothSite['count']): Promise<BothSite> {
  const errors: unknown[] = []
  app.on('error', (error) => errors.push(error))
  app.use(async (ctx) => {
    ctx.body = {}
    await handlers[ctx.path]?.(ctx as unknown as HostContext)
  })
  return { app, errors, count, visitor: new Client(await serve(app), 'sid') }
}
