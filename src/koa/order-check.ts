import type { KoaContext } from './context.js'
import { earlyReads } from './expose.js'

/** Koa's status of a response that nobody has decided yet. */
const undecided = 404

/**
 * Warns, once, of a middleware that stands too far down in its app: something before it has read `ctx.session` in vain, or
 * has answered already. Only of one that the app itself has: what is mounted, or runs on some paths only, may well come
 * after others.
 */
export class OrderCheck {
  readonly #property: string
  readonly #early: { has(ctx: object): boolean }
  #hasWarned = false

  constructor(property: string) {
    this.#property = property
    this.#early = earlyReads(property)
  }

  /** Looks at a request as it comes to the middleware. */
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
