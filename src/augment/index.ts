import type {} from 'koa'
import type { SessionData } from '../core/session/session-types.js'
import type { RegisteredTypes, SessionContext } from '../koa/context.js'

/**
 * Gives every context of Koa the type of `ctx.session`, so that handlers need no chain of `.use()`. It only has types, and
 * nothing to import by name. The columns are those of the model in {@link SessionTypes}.
 *
 * @example
 * ```ts
 * import 'koa-session-model/augment'
 * import Koa from 'koa'
 *
 * const app = new Koa()
 * app.use((ctx) => {
 *   ctx.body = { isNew: ctx.session.isNew } // boolean
 * })
 * ```
 */
declare module 'koa' {
  interface DefaultContext extends SessionContext<RegisteredTypes['model'], SessionData> {}
}
