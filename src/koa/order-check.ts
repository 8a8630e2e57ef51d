import type { KoaContext } from './context.js'
import { earlyReads } from './session-property.js'

/** Koa's status before anything has set it. */
const undecided = 404

/**
 * Warns, once, if the session middleware is used too late in its app: a middleware before it has read `ctx.session` in
 * vain, or has answered already. It checks only middlewares of the app itself: mounted ones, and ones for some paths only,
 * may rightly come later.
 */
export class OrderCheck {
  readonly #property: string
  readonly #early: { has(ctx: object): boolean }
  #hasWarned = false

  constructor(property: string) {
    this.#property = property
    this.#early = earlyReads(property)
  }

  /** Checks a request when it reaches the session middleware. */
  check(ctx: KoaContext, middleware: unknown): void {
    const cause = this.#early.has(ctx)
      ? `has read ctx.${this.#property}, which was undefined there`
      : ctx.res.statusCode !== undecided || (ctx.body !== undefined && ctx.body !== null)
        ? 'has set the status or the body of the response'
        : undefined
    if (cause !== undefined) this.#warn(ctx, middleware, cause)
  }

  #warn({ app }: KoaContext, middleware: unknown, cause: string): void {
    if (this.#hasWarned || !app.middleware?.includes(middleware)) return
    this.#hasWarned = true
    process.emitWarning(
      `koa-session-model: something that the app uses before session() ${cause}. There is no session before session(). ` +
        'Move app.use(session(…)) up, before the routers and handlers that need a session.',
      { code: 'KOA_SESSION_MODEL_ORDER' },
    )
  }
}
