import type { RegisteredModel } from '../core/backend.js'
import { invalid } from '../core/checks.js'
import { SessionError } from '../core/errors.js'
import type { ResolvedOptions, SessionOptions } from '../core/options.js'
import type { RequestFacts } from '../core/request-facts.js'
import type { Session } from '../core/session.js'
import { SessionManager } from '../core/session-manager.js'
import { type SessionData, type SessionView, viewOf } from '../core/session-view.js'
import { commitAfter } from './commit.js'
import type { KoaContext, SessionContext } from './context.js'
import { SessionCookie } from './cookie.js'
import { keepCookieOnError } from './cookie-on-error.js'

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
): KoaSessionMiddleware<Columns, Data> {
  const manager = options instanceof SessionManager ? options : new SessionManager<Columns, Data>(options)
  const { property, load, isExcluded } = manager.options
  const cookie = new SessionCookie(manager.options)
  return async (ctx, next) => {
    const facts = factsOf(ctx)
    if (isExcluded(facts) || !isFirst(ctx, manager, cookie.nameOn(ctx))) return void (await next())
    keepCookieOnError(ctx, cookie)
    const found = cookie.read(ctx)
    if (found === 'malformed') manager.refuseMalformed()
    const id = typeof found === 'object' ? found.id : undefined
    const session = manager.session(id, cookie.channel(ctx), originOf(facts, manager.options))
    if (load === 'eager') await session.load()
    expose(ctx, property, session)
    await commitAfter(ctx, session, manager.options, next)
  }
}

const cookieNames = Symbol('the names of session cookies, by manager')

/**
 * Whether the manager serves this request for the first time: an app and one mounted on it may share it. Another one may
 * not have a cookie of the same name, as the names are on this request.
 */
function isFirst(ctx: object, manager: object, cookieName: string): boolean {
  const names: Map<unknown, string> = Reflect.get(ctx, cookieNames) ?? new Map()
  Reflect.set(ctx, cookieNames, names)
  if (names.has(manager)) return false
  if ([...names.values()].includes(cookieName)) throw taken(`the cookie '${cookieName}'`)
  names.set(manager, cookieName)
  return true
}

function factsOf(ctx: KoaContext): RequestFacts {
  return {
    path: ctx.path,
    method: ctx.method,
    get ip() {
      return ctx.ip
    },
    get: (name) => ctx.get(name),
  }
}

/** What the option `bind` tells of the request. */
function originOf(facts: RequestFacts, { bind }: ResolvedOptions): string | undefined {
  if (bind === null) return undefined
  const origin: unknown = bind(facts)
  if (typeof origin === 'string') return origin
  throw invalid('bind', `a function that returned ${typeof origin}`, 'one that returns text for every request')
}

function expose(ctx: object, property: string, session: Session): void {
  if (property in ctx) throw taken(`ctx.${property}`)
  const view: SessionView = viewOf(session)
  Object.defineProperty(ctx, property, {
    configurable: true,
    enumerable: true,
    get: () => view,
    set: (value: unknown) => {
      if (value === null) session.end()
      else session.writable.replace(value as Record<string, unknown>)
    },
  })
}

function taken(what: string): SessionError {
  return new SessionError(
    'PROPERTY_TAKEN',
    `Something else uses ${what} already, perhaps another session middleware. Give this one a property and a key of its own.`,
  )
}
