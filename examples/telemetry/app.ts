import { context, SpanKind, type Tracer, trace } from '@opentelemetry/api'
import Koa from 'koa'
import { SessionManager, session } from 'koa-session-model'
import type { Sessions } from './web-session.js'

/** The app, and the manager of its sessions, to be closed after the last request. */
export function createApp(model: Sessions, tracer: Tracer) {
  const manager = new SessionManager({ model })
  const app = new Koa().use(httpSpan(tracer)).use(session(manager))
  app.use(async (ctx) => {
    ctx.status = 204
    if (ctx.path === '/visit') ctx.session.views = Number(ctx.session.views ?? 0) + 1
    if (ctx.path === '/login') {
      await ctx.session.regenerate()
      ctx.session.userId = 42
    }
    if (ctx.path === '/logout') await ctx.session.destroy()
    if (ctx.path === '/clean-up') await manager.deleteExpired()
  })
  return { app, manager }
}

/** The span of a request, as an instrumentation of HTTP makes it. The session's spans are below it. */
function httpSpan(tracer: Tracer): Koa.Middleware {
  return async (ctx, next) => {
    const span = tracer.startSpan(`${ctx.method} ${ctx.path}`, { kind: SpanKind.SERVER })
    try {
      await context.with(trace.setSpan(context.active(), span), next)
    } finally {
      span.setAttribute('http.response.status_code', ctx.status).end()
    }
  }
}
