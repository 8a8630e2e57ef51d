import type { RegisteredModel } from '../core/backend.js'
import { SessionError } from '../core/errors.js'
import type { SessionOptions } from '../core/options.js'
import { notSerializable } from '../core/serializer.js'
import type { Session } from '../core/session.js'
import { SessionManager } from '../core/session-manager.js'
import { type SessionData, type SessionView, viewOf } from '../core/session-view.js'
import type { KoaContext, SessionContext } from './context.js'
import { keepCookie, readCookie, writeCookie } from './cookie.js'

/** A Koa middleware that adds {@link SessionContext} to the context. */
export type KoaSessionMiddleware<Columns extends object, Data extends object> = (
  ctx: KoaContext & SessionContext<RegisteredModel<Columns>, Data>,
  next: () => Promise<unknown>,
) => Promise<void>

/**
 * The Koa middleware: reads the session before the next middleware runs, and makes its changes durable before the
 * response leaves. A request without a cookie that stores nothing costs no query and gets no cookie.
 *
 * Throws a `SessionError` for options that are unknown, invalid or contradictory. A request fails with status 503 if
 * the database cannot be reached.
 *
 * @param options The options, or a manager that several apps share.
 *
 * @example
 * ```ts
 * import Koa from 'koa'
 * import { MemorySessionBackend, session } from 'koa-session-model'
 *
 * const app = new Koa()
 * app.use(session({ backend: new MemorySessionBackend({ userId: null as number | null }), maxAge: '30d' }))
 * app.use(async (ctx) => {
 *   await ctx.session.update((s) => {
 *     s.views = Number(s.views ?? 0) + 1
 *   })
 *   ctx.body = { views: ctx.session.views, userId: ctx.session.userId }
 * })
 * ```
 */
export function session<Data extends object = SessionData, Columns extends object = object>(
  options: SessionOptions<Columns> | SessionManager<Columns, Data>,
): KoaSessionMiddleware<Columns, Data> {
  const manager = options instanceof SessionManager ? options : new SessionManager<Columns, Data>(options)
  const seen = new WeakSet<object>()
  return async (ctx, next) => {
    if (seen.has(ctx)) return void (await next())
    seen.add(ctx)
    const session = await manager.open(readCookie(ctx, manager.options), (change) =>
      writeCookie(ctx, manager.options, change),
    )
    expose(ctx, manager.options.property, session)
    try {
      await next()
    } catch (error) {
      await commit(session, statusOf(error))
      keepCookie(ctx, manager.options, error)
      throw error
    }
    await commit(session, ctx.status)
  }
}

/** Writes what has changed. After a failure of the server only an ended session counts: nobody saw the rest succeed. */
async function commit(session: Session, status: number): Promise<void> {
  if (status >= 500) session.discard()
  await session.commit()
}

/** The status that Koa answers the error with. */
function statusOf(error: unknown): number {
  const { status, statusCode, code } = (error ?? {}) as { status?: unknown; statusCode?: unknown; code?: unknown }
  if (code === 'ENOENT') return 404
  const given = status ?? statusCode
  return typeof given === 'number' && given >= 400 && given < 600 ? given : 500
}

function expose(ctx: object, property: string, session: Session): void {
  if (property in ctx) throw propertyTaken(property)
  const view: SessionView = viewOf(session)
  Object.defineProperty(ctx, property, {
    configurable: true,
    enumerable: true,
    get: () => view,
    set: (value: unknown) => {
      if (value === null) session.end()
      else if (typeof value === 'object' && !Array.isArray(value)) session.properties.replace({ ...value })
      else throw notSerializable(`ctx.${property} can be set to null or to an object`)
    },
  })
}

function propertyTaken(property: string): SessionError {
  return new SessionError(
    'PROPERTY_TAKEN',
    `Something else has set ctx.${property} already, perhaps another session middleware. Give this one another property, and another key.`,
  )
}
