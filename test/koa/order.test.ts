import { expect } from 'chai'
import Koa, { type Middleware } from 'koa'
import mount from 'koa-mount'
import Router from 'koa-router'
import { SessionManager, session } from 'koa-session-model'
import { warned } from '../support/warned.js'
import { serve } from './support/serve.js'
import { memory } from './support/site.js'

const warningsDuring = (act: () => Promise<void>): Promise<Error[]> => warned('KOA_SESSION_MODEL_ORDER', act)

const sessions = (options = {}): Middleware =>
  session({ backend: memory(), cleanup: false, ...options }) as unknown as Middleware

/** The warnings while the app gets these requests. */
function warningsOf(middlewares: readonly Middleware[], paths: readonly string[] = ['/', '/', '/']): Promise<Error[]> {
  return warningsDuring(async () => {
    const app = new Koa()
    app.silent = true
    for (const middleware of middlewares) app.use(middleware)
    const url = await serve(app)
    for (const path of paths) await fetch(url + path)
  })
}

const reading = (property: string): Middleware => {
  return (ctx, next) => {
    ctx.state.seen = ctx[property]
    return next()
  }
}

const answer: Middleware = (ctx) => {
  ctx.body = { has: ctx.session !== undefined }
}

describe('a session() that stands too far down', () => {
  const tooLate: Readonly<Record<string, Middleware>> = {
    'has set a body': (ctx, next) => {
      ctx.body = 'hello'
      return next()
    },
    'has set a status': (ctx, next) => {
      ctx.status = 401
      return next()
    },
    'has sent an answer of its own': (ctx, next) => {
      ctx.respond = false
      ctx.res.writeHead(200).end('hello')
      return next()
    },
  }
  for (const [name, middleware] of Object.entries(tooLate)) {
    it(`is warned of once, at the first request, where a handler before it ${name}`, async () => {
      expect(await warningsOf([middleware, sessions()], ['/'])).to.have.length(1)
      const warnings = await warningsOf([middleware, sessions()])
      expect(warnings).to.have.length(1)
      expect(warnings[0]?.message).to.match(/before session\(\) has set the status or the body.*Move app\.use\(session/)
    })
  }

  it('is warned of once where a handler before it has read ctx.session, which the second request shows', async () => {
    const warnings = await warningsOf([reading('session'), sessions()])
    expect(warnings).to.have.length(1)
    expect(warnings[0]?.message).to.contain('has read ctx.session, which was undefined there')
  })

  it('is warned of by the name of its own property', async () => {
    const [warning] = await warningsOf([reading('login'), sessions({ property: 'login' })])
    expect(warning?.message).to.contain('has read ctx.login')
    expect(await warningsOf([reading('login'), sessions()])).to.deep.equal([])
  })
})

describe('there is no warning of the order', () => {
  const quiet: Readonly<Record<string, readonly Middleware[]>> = {
    'where session() is first': [sessions(), answer],
    'for an error handler outside': [
      async (ctx, next) => {
        await next().catch((error) => {
          ctx.status = error.status ?? 500
          ctx.body = { user: ctx.session?.userId }
        })
      },
      sessions(),
      (ctx) => ctx.throw(400),
    ],
    'for a log outside that reads the session afterwards': [
      async (ctx, next) => {
        await next()
        void ctx.session?.isNew
        ctx.status = 200
      },
      sessions(),
      answer,
    ],
    'for files that are served outside': [
      async (ctx, next) => {
        if (ctx.path !== '/logo.png') return next()
        ctx.body = 'a picture'
        void ctx.session
      },
      sessions(),
      answer,
    ],
    'for headers that are set outside': [
      (ctx, next) => {
        ctx.set('X-Frame-Options', 'DENY')
        ctx.type = 'json'
        return next()
      },
      sessions(),
      answer,
    ],
    'for a request that no session() serves': [
      sessions({ exclude: '/logo.png' }),
      (ctx) => {
        ctx.body = ctx.session ? 'a session' : 'none'
      },
    ],
    'for a session() on one path only': [
      reading('session'),
      (ctx, next) => (ctx.path === '/' ? sessions()(ctx, next) : next()),
      answer,
    ],
    'for a session() of a router': [
      reading('session'),
      new Router()
        .use(sessions() as Router.IMiddleware)
        .get('/', answer as Router.IMiddleware)
        .routes() as Middleware,
    ],
    'for an app that is mounted on another': [
      (ctx, next) => {
        if (!ctx.session) ctx.body = 'a page without a session'
        return next()
      },
      mount('/', new Koa().use(sessions()).use(answer)),
    ],
    'for an app that is mounted on a path': [reading('session'), mount('/shop', new Koa().use(sessions()).use(answer))],
  }
  for (const [name, middlewares] of Object.entries(quiet)) {
    it(name, async () => {
      const paths = ['/', '/logo.png', '/shop', '/', '/logo.png', '/shop']
      expect(await warningsOf(middlewares, paths)).to.deep.equal([])
    })
  }

  it('where an app and one mounted on it share a manager', async () => {
    const manager = new SessionManager({ backend: memory(), cleanup: false })
    const shared = () => session(manager) as unknown as Middleware
    const shop = new Koa().use(shared()).use(answer)
    expect(await warningsOf([shared(), answerAndGoOn, mount('/shop', shop)], ['/', '/shop', '/shop'])).to.deep.equal([])
  })
})

const answerAndGoOn: Middleware = (ctx, next) => {
  ctx.body = { isNew: ctx.session.isNew }
  return next()
}
