import { expect } from 'chai'
import Koa from 'koa'
import { session } from 'koa-session-model'
import { expectError } from '../support/errors.js'
import { serve } from './support/serve.js'
import { memory } from './support/site.js'

/** One session middleware on the path alone. */
function onPath(path: string, middleware = session({ backend: memory(), cleanup: false })): Koa.Middleware {
  return (ctx, next) => (ctx.path === path ? middleware(ctx as never, next) : next())
}

function failing(): { app: Koa; errors: unknown[] } {
  const errors: unknown[] = []
  const app = new Koa()
  app.on('error', (error) => errors.push(error))
  return { app, errors }
}

describe("the context's property", () => {
  it('is nothing to requests that the middleware does not serve', async () => {
    const app = new Koa().use(onPath('/served')).use((ctx) => {
      const before = typeof ctx.session
      if (ctx.path === '/own') ctx.session = { own: true }
      ctx.body = { before, after: ctx.session, isOwn: Object.hasOwn(ctx, 'session') }
    })
    const url = await serve(app)
    const ask = async (path: string): Promise<unknown> => (await fetch(url + path)).json()
    const served = { before: 'object', after: { userId: null, label: null, seenAt: null }, isOwn: false }
    for (const path of ['/before', '/served', '/after', '/own', '/served']) {
      if (path === '/served') expect(await ask(path)).to.deep.equal(served)
      else if (path === '/own') {
        expect(await ask(path)).to.deep.equal({ before: 'undefined', after: { own: true }, isOwn: true })
      } else expect(await ask(path)).to.deep.equal({ before: 'undefined', isOwn: false })
    }
    expect(app.context.session).to.equal(undefined)
  })

  it('is of the middleware that serves the request, where several have the same one on paths of their own', async () => {
    const [one, other] = [memory(), memory()]
    const app = new Koa()
      .use(onPath('/one', session({ backend: one, cleanup: false })))
      .use(onPath('/other', session({ backend: other, cleanup: false })))
      .use((ctx) => {
        ctx.session.userId = ctx.path === '/one' ? 1 : 2
        ctx.status = 204
      })
    const url = await serve(app)
    for (const path of ['/one', '/other', '/one']) expect((await fetch(url + path)).status).to.equal(204)
    const users = async (backend: typeof one) => (await backend.rows()).map(({ columns }) => columns.userId)
    expect(await users(one)).to.deep.equal([1, 1])
    expect(await users(other)).to.deep.equal([2])
  })

  it('is refused where a request has such a property already, whether or not another request was served', async () => {
    for (const paths of [['/taken'], ['/free', '/taken']]) {
      const { app, errors } = failing()
      app.use((ctx, next) => {
        if (ctx.path === '/taken') Object.defineProperty(ctx, 'session', { value: {}, configurable: true })
        return next()
      })
      app.use(session({ backend: memory(), cleanup: false }))
      const url = await serve(app)
      for (const path of paths) expect((await fetch(url + path)).status).to.equal(path === '/taken' ? 500 : 404)
      await expectError('PROPERTY_TAKEN', () => Promise.reject(errors[0]))
    }
  })

  it('is refused to every request where the app has such a property', async () => {
    const { app, errors } = failing()
    app.context.session = {}
    app.use(session({ backend: memory(), cleanup: false }))
    const url = await serve(app)
    for (let count = 1; count <= 2; count++) {
      expect((await fetch(url)).status).to.equal(500)
      expect(errors).to.have.length(count)
      await expectError('PROPERTY_TAKEN', () => Promise.reject(errors.at(-1)))
    }
  })

  it('is not there while the session could not be read', async () => {
    const backend = memory()
    const { app } = failing()
    const seen: unknown[] = []
    app.use(async (ctx, next) => {
      await next().catch((error) => {
        seen.push(ctx.session)
        throw error
      })
    })
    app.use(session({ backend, cleanup: false }))
    app.use((ctx) => {
      ctx.session.userId = 1
      ctx.status = 204
    })
    const url = await serve(app)
    const [cookie = ''] = (await fetch(url)).headers.getSetCookie()
    backend.before = () => {
      throw new Error('no database')
    }
    expect((await fetch(url, { headers: { Cookie: cookie.split(';')[0] ?? '' } })).status).to.equal(503)
    expect(seen).to.deep.equal([undefined])
  })

  it('is of one context alone, where Koa has not made the context', async () => {
    const served = session({ backend: memory(), cleanup: false })
    const app = new Koa()
    const seen: string[] = []
    app.use(async (ctx, next) => {
      const derived = Object.create(ctx)
      await served(derived as never, async () => {
        seen.push(typeof derived.session, typeof ctx.session, String(Object.hasOwn(ctx, 'session')))
      })
      await next()
      ctx.status = 204
    })
    const url = await serve(app)
    for (let count = 0; count < 2; count++) expect((await fetch(url)).status).to.equal(204)
    expect(seen).to.deep.equal(['object', 'undefined', 'false', 'object', 'undefined', 'false'])
    expect('session' in {}).to.equal(false)
  })

  it('is of whatever a context inherits it from', async () => {
    const middleware = session({ backend: memory(), cleanup: false })
    const app = new Koa()
    app.use((ctx, next) => middleware((ctx.path === '/derived' ? Object.create(ctx) : ctx) as never, next))
    app.use((ctx) => {
      ctx.status = 204
    })
    const url = await serve(app)
    const ask = async (path: string): Promise<number> => (await fetch(url + path)).status
    for (const path of ['/derived', '/', '/derived', '/']) expect(await ask(path)).to.equal(204)
    app.context = Object.create(app.context)
    for (const path of ['/', '/derived']) expect(await ask(path)).to.equal(204)
  })

  it('is of each context where the context of the app cannot be added to', async () => {
    for (const close of [Object.freeze, Object.seal, Object.preventExtensions]) {
      const app = new Koa().use(session({ backend: memory(), cleanup: false })).use((ctx) => {
        ctx.body = { isOwn: Object.hasOwn(ctx, 'session'), userId: ctx.session.userId }
      })
      close(app.context)
      const url = await serve(app)
      for (let count = 0; count < 2; count++) {
        expect(await (await fetch(url)).json()).to.deep.equal({ isOwn: true, userId: null })
      }
    }
  })

  it('is one where a middleware serves a request twice at the same time', async () => {
    const backend = memory()
    const middleware = session({ backend, cleanup: false })
    const app = new Koa()
    app.use((ctx, next) => Promise.all([middleware(ctx as never, next), middleware(ctx as never, async () => {})]))
    app.use((ctx) => {
      ctx.session.userId = 1
      ctx.status = 204
    })
    const url = await serve(app)
    const [cookie = ''] = (await fetch(url)).headers.getSetCookie()
    backend.takeCalls()
    expect((await fetch(url, { headers: { Cookie: cookie.split(';')[0] ?? '' } })).status).to.equal(204)
    expect(backend.takeCalls()).to.contain.members(['find']).and.have.length(1)
  })

  it('is refused where a request has such a property, and another middleware has prepared the app', async () => {
    const { app, errors } = failing()
    app.use(onPath('/one'))
    app.use((ctx, next) => {
      if (ctx.path === '/other') Object.defineProperty(ctx, 'session', { value: {}, configurable: true })
      return next()
    })
    app.use(onPath('/other'))
    const url = await serve(app)
    expect((await fetch(`${url}/one`)).status).to.equal(404)
    expect((await fetch(`${url}/other`)).status).to.equal(500)
    await expectError('PROPERTY_TAKEN', () => Promise.reject(errors[0]))
  })
})
