import { expect } from 'chai'
import Tokens from 'csrf'
import Koa from 'koa'
import { type SessionContext, SessionManager, session } from 'koa-session-model'
import { Client } from '../koa/support/client.js'
import { serve } from '../koa/support/serve.js'
import { type Columns, places } from './support/places.js'

type Flash = (kind: string, message?: string) => string[]
type Context = Koa.ParameterizedContext<{ flash: Flash }, SessionContext>

const tokens = new Tokens()

/** Keeps the secret in the session, as koa-csrf does. */
const csrf = async (ctx: Context, next: Koa.Next): Promise<void> => {
  const session = ctx.session as { secret?: string }
  if (!session.secret) session.secret = tokens.secretSync()
  if (ctx.method === 'POST' && !tokens.verify(session.secret, ctx.get('X-CSRF-Token'))) ctx.throw(403)
  if (ctx.path === '/form') ctx.body = { token: tokens.create(session.secret) }
  else await next()
}

/** Messages for the next page, in the manner of connect-flash: they are pushed into what the session holds. */
const flash = async (ctx: Context, next: Koa.Next): Promise<void> => {
  const session = ctx.session as { flash?: Record<string, string[]> }
  ctx.state.flash = (kind, message) => {
    session.flash ||= {}
    const messages = session.flash[kind] ?? []
    if (message === undefined) delete session.flash[kind]
    else {
      session.flash[kind] = messages
      messages.push(message)
    }
    return messages
  }
  await next()
}

for (const { name, open } of places) {
  describe(`middlewares that know nothing of ours, on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>
    let manager: SessionManager<Columns>
    const start = async (...middlewares: readonly ((ctx: Context, next: Koa.Next) => unknown)[]) => {
      const app = new Koa<{ flash: Flash }>().use(session(manager))
      for (const middleware of middlewares) app.use(middleware)
      return new Client(await serve(app), 'sid')
    }
    beforeEach(async () => {
      opened = await open('ecosystem_middlewares')
      manager = new SessionManager<Columns>({ ...opened.place, cleanup: false })
    })
    afterEach(() => {
      manager.close()
      return opened.close()
    })

    it('csrf: the secret stays in the session, also through a login', async () => {
      const visitor = await start(csrf, async (ctx) => {
        if (ctx.path === '/login') await ctx.session.regenerate()
        ctx.body = {}
      })
      const { token } = (await visitor.json('/form')) as { token: string }
      const post = async (path: string, headers: Record<string, string>) => {
        const response = await visitor.request(path, { method: 'POST', headers })
        await response.text()
        return response.status
      }
      expect(await post('/', {})).to.equal(403)
      expect(await post('/', { 'X-CSRF-Token': token })).to.equal(200)
      expect(await post('/login', { 'X-CSRF-Token': token })).to.equal(200)
      expect(await post('/', { 'X-CSRF-Token': token })).to.equal(200)
      const other = visitor.copy()
      other.cookie = undefined
      const response = await other.request('/', { method: 'POST', headers: { 'X-CSRF-Token': token } })
      expect([response.status, other.cookie === undefined]).to.deep.equal([403, false])
    })

    it('flash: a message is shown once, on the page after a redirect', async () => {
      const visitor = await start(flash, (ctx) => {
        if (ctx.path === '/send') {
          ctx.state.flash('info', 'Saved.')
          ctx.state.flash('info', 'Really.')
          ctx.state.flash('error', '')
          ctx.redirect('/')
        } else ctx.body = ctx.state.flash(ctx.querystring || 'info')
      })
      expect(await visitor.status('/send')).to.equal(302)
      expect(await visitor.json('/')).to.deep.equal(['Saved.', 'Really.'])
      expect(await visitor.json('/')).to.deep.equal([])
      expect(await visitor.json('/?error')).to.deep.equal([''])
    })

    it('a for-in copy has the properties, and nothing else', async () => {
      const visitor = await start(async (ctx) => {
        if (ctx.path === '/set') Object.assign(ctx.session, { userId: 0, cart: ['book'], empty: null })
        if (ctx.path === '/merge') merge(ctx.session, { merged: true, cart: [] })
        if (ctx.path === '/onto-itself') merge(ctx.session, ctx.session)
        if (ctx.path === '/replace') ctx.session = merge({ only: 1 }, { userId: 5 })
        ctx.body = merge({}, ctx.session)
      })
      const stored = { userId: 0, label: null, cart: ['book'], empty: null }
      expect(await visitor.json('/set')).to.deep.equal(stored)
      expect(await visitor.json('/onto-itself')).to.deep.equal(stored)
      expect(await visitor.json('/')).to.deep.equal(stored)
      expect(await visitor.json('/merge')).to.deep.equal({ ...stored, merged: true, cart: [] })
      expect(await visitor.json('/')).to.deep.equal({ ...stored, merged: true, cart: [] })
      await visitor.json('/replace')
      expect(await visitor.json('/')).to.deep.equal({ userId: 5, label: null, only: 1 })
    })

    it('callbacks in the style of Node hear of success and of failure', async () => {
      const heard = (act: (callback: (error?: unknown) => void) => unknown) =>
        new Promise((resolve) => act((error) => resolve((error as { code?: string } | undefined)?.code ?? 'done')))
      const visitor = await start(async (ctx) => {
        const { session } = ctx
        const all = ['regenerate', 'save', 'reload', 'destroy'] as const
        session.views = 1
        const before = session.id
        const told: unknown[] = []
        for (const name of all) told.push(await heard((callback) => session[name](callback)))
        session.views = 2
        await session.save()
        await manager.delete(session.id)
        session.views = 3
        told.push(await heard((callback) => session.save(callback)))
        ctx.body = { told, isNewId: session.id !== before }
      })
      const told = ['done', 'done', 'done', 'done', 'SESSION_GONE']
      expect(await visitor.json('/')).to.deep.equal({ told, isNewId: true })
    })
  })
}

/** As the package utils-merge does, which passport uses. */
function merge(target: object, source: object): Record<string, unknown> {
  for (const key in source) Reflect.set(target, key, Reflect.get(source, key))
  return target as Record<string, unknown>
}
