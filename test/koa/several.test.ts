import { expect } from 'chai'
import Koa from 'koa'
import Router from 'koa-router'
import {
  MemorySessionBackend,
  type RegisteredModel,
  type SessionContext,
  SessionManager,
  session,
} from 'koa-session-model'
import { expectError } from '../support/errors.js'
import { Client } from './support/client.js'
import { serve } from './support/serve.js'
import { type Columns, memory } from './support/site.js'
import { WatchedBackend } from './support/watched-backend.js'

const admins = () => new WatchedBackend(new MemorySessionBackend({ role: null as string | null }))

describe('two session middlewares on one app', () => {
  it('work side by side with different keys, properties and models', async () => {
    const [users, staff] = [memory(), admins()]
    const app = new Koa()
      .use(session({ backend: users, cleanup: false }))
      .use(session({ backend: staff, cleanup: false, key: 'staff', property: 'admin' }))
      .use((ctx) => {
        if (ctx.path === '/login') ctx.session.userId = 1
        if (ctx.path === '/admin') Reflect.set(Reflect.get(ctx, 'admin'), 'role', 'owner')
        ctx.body = { user: ctx.session, admin: Reflect.get(ctx, 'admin') }
      })
    const url = await serve(app)
    const [user, admin] = [new Client(url, 'sid'), new Client(url, 'staff')]
    await user.json('/login')
    await admin.json('/admin')
    expect(admin.id).not.to.equal(user.id)
    const headers = { Cookie: `sid=${user.id}; staff=${admin.id}` }
    const both = await (await fetch(url, { headers })).json()
    expect(both).to.deep.equal({ user: { userId: 1, label: null, seenAt: null }, admin: { role: 'owner' } })
    expect([(await users.rows()).length, (await staff.rows()).length]).to.deep.equal([1, 1])
  })

  it('keep both cookies after an error', async () => {
    const app = new Koa()
      .use(session({ backend: memory(), cleanup: false }))
      .use(session({ backend: admins(), cleanup: false, key: 'staff', property: 'admin' }))
      .use((ctx) => {
        ctx.session.userId = 1
        Reflect.set(Reflect.get(ctx, 'admin'), 'role', 'owner')
        ctx.throw(401)
      })
    const cookies = (await fetch(await serve(app))).headers.getSetCookie()
    expect(cookies.map((line) => line.split('=')[0]).sort()).to.deep.equal(['sid', 'staff'])
  })

  it('are refused with the same property', async () => {
    const errors: unknown[] = []
    const app = new Koa()
    app.on('error', (error) => errors.push(error))
    app.use(session({ backend: memory(), cleanup: false }))
    app.use(session({ backend: admins(), cleanup: false, key: 'staff' }))
    expect((await fetch(await serve(app))).status).to.equal(500)
    const error = await expectError('PROPERTY_TAKEN', () => Promise.reject(errors[0]))
    expect(error.message).to.contain('ctx.session')
  })

  it('are refused with the same cookie', async () => {
    const errors: unknown[] = []
    const app = new Koa()
    app.on('error', (error) => errors.push(error))
    app.use(session({ backend: memory(), cleanup: false }))
    app.use(session({ backend: admins(), cleanup: false, property: 'admin' }))
    expect((await fetch(await serve(app))).status).to.equal(500)
    const error = await expectError('PROPERTY_TAKEN', () => Promise.reject(errors[0]))
    expect(error.message).to.contain("'sid'")
  })

  it('are refused where their cookies have one name over HTTPS, and there only', async () => {
    const errors: unknown[] = []
    const app = new Koa({ proxy: true })
    app.on('error', (error) => errors.push(error))
    app.use(session({ backend: memory(), cleanup: false }))
    app.use(session({ backend: admins(), cleanup: false, key: '__Host-sid', property: 'admin' }))
    app.use((ctx) => {
      ctx.session.userId = 1
      Reflect.set(Reflect.get(ctx, 'admin'), 'role', 'owner')
      ctx.status = 204
    })
    const url = await serve(app)
    const plain = await fetch(url)
    expect(plain.status).to.equal(204)
    expect(plain.headers.getSetCookie()).to.have.length(2)
    const secure = await fetch(url, { headers: { 'X-Forwarded-Proto': 'https' } })
    expect(secure.status).to.equal(500)
    expect(secure.headers.getSetCookie()).to.deep.equal([])
    const error = await expectError('PROPERTY_TAKEN', () => Promise.reject(errors[0]))
    expect(error.message).to.contain("'__Host-sid'")
  })

  it('are refused with a property of Koa', async () => {
    for (const property of ['body', 'cookies', 'throw']) {
      const errors: unknown[] = []
      const app = new Koa()
      app.on('error', (error) => errors.push(error))
      app.use(session({ backend: memory(), cleanup: false, property }))
      expect((await fetch(await serve(app))).status).to.equal(500)
      await expectError('PROPERTY_TAKEN', () => Promise.reject(errors[0]))
    }
  })
})

describe('one session middleware', () => {
  it('does its work once where a nested router uses it again', async () => {
    const backend = memory()
    const sessions = session({ backend, cleanup: false })
    const router = new Router<Koa.DefaultState, SessionContext<RegisteredModel<Columns>>>()
    router.use(sessions)
    router.get('/', (ctx) => {
      ctx.session.views = Number(ctx.session.views ?? 0) + 1
      ctx.body = { views: ctx.session.views }
    })
    const visitor = new Client(await serve(new Koa().use(sessions).use(router.routes())), 'sid')
    expect(await visitor.json('/')).to.deep.equal({ views: 1 })
    expect(await visitor.json('/')).to.deep.equal({ views: 2 })
    expect(backend.takeCalls()).to.deep.equal(['insert', 'find', 'update'])
  })

  it('can be used by two apps, which then share the sessions', async () => {
    const manager = new SessionManager({ backend: memory(), cleanup: false })
    const app = () =>
      new Koa().use(session(manager)).use((ctx) => {
        if (ctx.path === '/login') ctx.session.userId = 1
        ctx.body = { userId: ctx.session.userId }
      })
    const [first, second] = [new Client(await serve(app()), 'sid'), new Client(await serve(app()), 'sid')]
    await first.json('/login')
    second.cookie = first.cookie
    expect(await second.json('/')).to.deep.equal({ userId: 1 })
    await manager.revoke({ userId: 1 })
    expect(await second.json('/')).to.deep.equal({ userId: null })
  })

  it('answers with 503 when its manager is closed', async () => {
    const manager = new SessionManager({ backend: memory() })
    const app = new Koa()
    app.silent = true
    const url = await serve(app.use(session(manager)))
    manager.close()
    expect((await fetch(url)).status).to.equal(503)
  })
})
