import type { RegisteredModel } from '../core/backend/session-backend.js'
import { SessionManager } from '../core/manager/session-manager.js'
import { assertShape } from '../core/options/assert-shape.js'
import type { SessionOptions } from '../core/options/options.js'
import type { SessionData } from '../core/session/session-types.js'
import { commit, commitFailed } from './commit.js'
import type { KoaContext, SessionContext } from './context.js'
import { FinalHeaders } from './final-headers.js'
import { KoaSession } from './koa-session.js'
import { OrderCheck } from './order-check.js'
import { KoaRequestFacts } from './request-facts.js'
import { claimRequest, exposer } from './session-property.js'
import { channelFor } from './transports.js'

/**
 * A context that no request can have, since Koa's `secure` is a boolean. An untyped context is assignable to it, so an app
 * with this middleware is still a `Koa`. A handler never sees it.
 */
export interface ImpossibleContext {
  readonly secure?: 'impossible'
  // biome-ignore lint/suspicious/noExplicitAny: as Koa's own untyped context has it
  [name: PropertyKey]: any
}

/** A Koa middleware that adds {@link SessionContext} to the context. An app that uses it is still a `Koa`. */
export type KoaSessionMiddleware<Columns extends object, Data extends object> = (
  ctx: (KoaContext & SessionContext<RegisteredModel<Columns>, Data>) | ImpossibleContext,
  next: () => Promise<unknown>,
) => Promise<void>

/**
 * The Koa middleware: reads the session before the next middleware runs, and stores its changes before the response leaves.
 * A request without a cookie that stores nothing costs no query and gets no cookie.
 *
 * If the database cannot be reached, the request fails with status 503: it never gets an empty session instead.
 *
 * @param options The options, or a manager that several apps share.
 * @throws `OPTION_UNKNOWN` or `OPTION_INVALID` for options that are unknown, invalid or contradictory, and
 * `MODEL_NOT_REGISTERED` for a model that was not passed to `registerSessionModel`. A request throws `PROPERTY_TAKEN` if
 * something else uses the property.
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html
 *
 * @example
 * ```ts
 * import Koa from 'koa'
 * import { MemorySessionBackend, session } from 'koa-session-model'
 *
 * const backend = new MemorySessionBackend({ userId: null as number | null })
 * const app = new Koa().use(session({ backend, maxAge: '30d' }))
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
): KoaSessionMiddleware<Columns, Data>
/** Rejects the argument `app` of koa-session, with an error that shows how to write it here. */
export function session<Data extends object, Columns extends object>(
  options: SessionOptions<Columns> | SessionManager<Columns, Data>,
  app?: unknown,
): KoaSessionMiddleware<Columns, Data> {
  const manager = options instanceof SessionManager ? options : makeManager<Columns, Data>(options, app)
  const { property, isExcluded } = manager.options
  const channel = channelFor(manager.options)
  const expose = exposer(property)
  const order = new OrderCheck(property)
  const middleware = async (ctx: KoaContext, next: () => Promise<unknown>): Promise<void> => {
    if (isExcluded?.(new KoaRequestFacts(ctx))) return void (await next())
    const session = new KoaSession(ctx, manager as never, channel)
    if (!claimRequest(ctx, session)) return void (await next())
    order.check(ctx, middleware)
    const opening = session.open()
    if (opening) await opening
    expose(ctx, session)
    try {
      await next()
    } catch (error) {
      await commitFailed(ctx, session, error)
      throw error
    }
    if (!session.made) return session.close() // fast path: most requests without a cookie
    await commit(ctx, session, { status: ctx.res.statusCode, error: undefined })
    FinalHeaders.of(ctx.res)?.apply() // for middlewares outside that read them
  }
  return middleware as KoaSessionMiddleware<Columns, Data>
}

function makeManager<Columns extends object, Data extends object>(
  options: SessionOptions<Columns>,
  app: unknown,
): SessionManager<Columns, Data> {
  assertShape('session', options, app)
  return new SessionManager<Columns, Data>(options)
}
