import Koa from 'koa'
import { type RegisteredModel, type SessionContext, SessionManager, session } from 'koa-session-model'
import type { Columns } from './database.js'
import { perform } from './deeds.js'
import type { Deed } from './log.js'
import { orderOf } from './order.js'

type Context = Koa.ParameterizedContext<Koa.DefaultState, SessionContext<RegisteredModel<Columns>>>

/** How long a replaced id still leads to its session, in the stress test, in milliseconds. */
export const grace = 10_000

/** An app under test, and what it has counted. */
export interface App {
  readonly koa: Koa
  readonly counts: { conflicts: number }
}

/** An app with this package's middleware, where every deed is a path. */
export function createApp(model: RegisteredModel<Columns>, timeout = '60s'): App {
  const counts = { conflicts: 0 }
  const manager = new SessionManager<Columns>({ model, grace, timeout, cleanup: false, merge: { cart: mergeCarts } })
  manager.on('conflict', () => void counts.conflicts++)
  const koa = new Koa()
  koa
    .use(tellWhenBegan)
    .use(session(manager))
    .use((ctx) => act(ctx, manager))
  return { koa, counts }
}

/** Runs around the session's middleware, and so after the commit. */
async function tellWhenBegan(ctx: Koa.Context, next: Koa.Next): Promise<void> {
  await next()
  const { createdAt } = (ctx as unknown as Context).session
  ctx.body = { ...(ctx.body as object), began: createdAt?.getTime() }
}

async function act(ctx: Context, manager: SessionManager<Columns>): Promise<void> {
  const deed = ctx.path.slice(1) as Deed
  const { session } = ctx
  ctx.status = session.isNew && deed !== 'begin' && deed !== 'revoke' ? 410 : 200
  ctx.body = {}
  if (ctx.status === 410) return
  const subject = {
    session,
    update: (change: (session: Record<string, unknown>) => void) => session.update(change),
    login: () => session.regenerate(),
    logout: () => session.destroy(),
    revoke: (userId: number) => manager.revoke({ userId }),
  }
  ctx.body = { dropped: await perform(deed, subject, orderOf(ctx.query)) }
}

interface Cart {
  readonly items: readonly number[]
}

/** What both have added. */
function mergeCarts(base: unknown, mine: unknown, theirs: unknown): Cart {
  const [before, own, other] = [base, mine, theirs].map((cart) => (cart as Cart | undefined)?.items ?? [])
  return { items: [...(other ?? []), ...(own ?? []).filter((n) => !before?.includes(n))] }
}
