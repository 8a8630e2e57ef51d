import Koa from 'koa'

/** What a session holds: some 500 bytes as JSON. */
export function sampleSession() {
  return {
    user: { id: 4711, name: 'Ada Lovelace', email: 'ada@example.org', roles: ['author', 'editor'], locale: 'en-GB' },
    csrf: 'c3f1a0d9b7e64a52a8d1f0c9b8a7e6d5c4b3a2f1',
    theme: 'dark',
    returnTo: '/articles/on-the-analytical-engine?page=2&sort=newest',
    cart: [
      { sku: 'A-1001', title: 'Notes on the engine', count: 1, cents: 1950 },
      { sku: 'B-2002', title: 'A table of numbers', count: 3, cents: 495 },
    ],
    lastSeen: '2024-05-17T09:30:00.000Z',
    flash: [{ kind: 'info', text: 'Welcome back' }],
    views: 0,
  }
}

const routes = {
  'GET /none': (ctx) => {
    ctx.body = 'ok'
  },
  'POST /login': (ctx, session) => {
    Object.assign(session(ctx), sampleSession())
    ctx.status = 204
  },
  'GET /read': (ctx, session) => {
    ctx.body = session(ctx).user.name
  },
  'POST /write': (ctx, session) => {
    const { views } = session(ctx)
    session(ctx).views = views + 1
    ctx.body = String(views + 1)
  },
  'GET /counter': (ctx, session) => {
    ctx.body = String(session(ctx).views)
  },
}

/** The application that all competitors run. `session` tells where a request has its session. */
export function makeApp(middleware, session = (ctx) => ctx.session) {
  const app = new Koa()
  app.keys = ['a key that only the benchmarks have']
  if (middleware) app.use(middleware)
  app.use((ctx) => routes[`${ctx.method} ${ctx.path}`]?.(ctx, session))
  return app
}
