import { expect } from 'chai'
import Koa from 'koa'
import { bearer, session } from 'koa-session-model'
import { ApiClient } from './support/api-client.js'
import { versions } from './support/raw-requests.js'
import { type Handlers, memory, type Options, start } from './support/site.js'

const handlers: Handlers = {
  '/login': async (ctx) => {
    await ctx.session.regenerate()
    ctx.session.userId = 42
    await ctx.session.save()
    ctx.body = { token: ctx.session.id }
  },
  '/login-and-fail': async (ctx) => {
    await ctx.session.regenerate()
    ctx.session.userId = 42
    ctx.throw(422)
  },
  '/own-headers': (ctx) => {
    ctx.session.userId = 42
    ctx.set({ 'Cache-Control': 'private', Vary: 'Accept' })
  },
  '/me': (ctx) => {
    ctx.body = { userId: ctx.session.userId }
  },
  '/count': (ctx) => {
    ctx.session.views = Number(ctx.session.views ?? 0) + 1
  },
  '/logout': (ctx) => ctx.session.destroy(),
  '/logout-and-visit': async (ctx) => {
    await ctx.session.destroy()
    ctx.session.label = 'a visitor'
  },
  '/login-and-out': async (ctx) => {
    ctx.session.userId = 42
    await ctx.session.save()
    await ctx.session.destroy()
  },
}

async function site(options: Options = {}) {
  const opened = await start(handlers, { transport: bearer({ header: 'X-Session-Id' }), ...options })
  const rejected: string[] = []
  opened.manager.on('rejected', ({ reason }) => rejected.push(reason))
  const api = new ApiClient(opened.url)
  const login = async () => String((await api.send('/login')).body?.token)
  return { ...opened, api, login, rejected }
}

describe('bearer()', () => {
  it('opens the session of the header Authorization, and sends no cookie at any time', async () => {
    const { api } = await site()
    const login = await api.send('/login')
    const id = `${login.body?.token}`
    const answers = [login, ...(await Promise.all(['/me', '/count'].map((path) => api.bearer(path, id))))]
    expect(answers[1]?.body).to.deep.equal({ userId: 42 })
    const out = await api.bearer('/logout', id)
    for (const { cookies } of [...answers, out]) expect(cookies).to.deep.equal([])
    expect((await api.bearer('/me', id)).body).to.deep.equal({ userId: null })
  })

  it('reads no cookie, and no parameter', async () => {
    const { api, login } = await site()
    const id = await login()
    for (const [path, headers] of [
      ['/me', { Cookie: `sid=${id}` }],
      [`/me?access_token=${id}`, {}],
      ['/me', { 'X-Session-Id': id }],
    ] as const) {
      expect((await api.send(path, headers)).body).to.deep.equal({ userId: null })
    }
  })

  it('compares the scheme without case, and ignores other schemes', async () => {
    const { api, login, rejected, backend } = await site()
    const id = await login()
    for (const Authorization of [`bearer ${id}`, `BEARER ${id}`, `Bearer   ${id}`]) {
      expect((await api.send('/me', { Authorization })).body, Authorization).to.deep.equal({ userId: 42 })
    }
    backend.takeCalls()
    for (const Authorization of [`Basic ${id}`, id, `Bearers ${id}`, `Token ${id}`, `Bearer=${id}`, '']) {
      expect((await api.send('/me', { Authorization })).body, Authorization).to.deep.equal({ userId: null })
    }
    expect(rejected).to.deep.equal([])
    expect(backend.takeCalls()).to.deep.equal([])
  })

  it('rejects a token that is no id without a query', async () => {
    const { api, login, rejected, backend } = await site()
    const id = await login()
    backend.takeCalls()
    const wrong = ['', ' ', 'null', `${id}.`, `${id}=`, `"${id}"`, `${id}, ${id}`, `${id} x`, 'A'.repeat(87), 'a.b.c']
    for (const token of wrong) {
      expect((await api.bearer('/me', token)).body, token).to.deep.equal({ userId: null })
    }
    expect(rejected).to.deep.equal(wrong.map(() => 'malformed'))
    expect(backend.takeCalls()).to.deep.equal([])
  })

  it('never adopts an id that is not in the database', async () => {
    const { api, rejected } = await site()
    const planted = 'A'.repeat(43)
    const { headers, body } = await api.bearer('/login', planted)
    expect(rejected).to.deep.equal(['unknown'])
    expect(body?.token).to.not.equal(planted)
    expect(headers.get('X-Session-Id')).to.equal(body?.token)
  })

  it('sends the id in the header at the creation and at each rotation, and not otherwise', async () => {
    const { api } = await site()
    const first = await api.send('/login')
    const id = `${first.headers.get('X-Session-Id')}`
    expect(id).to.equal(first.body?.token)
    for (const path of ['/me', '/count', '/logout']) {
      const { headers } = path === '/logout' ? await api.send('/logout') : await api.bearer(path, id)
      expect(headers.get('X-Session-Id'), path).to.equal(null)
    }
    const second = await api.bearer('/login', id)
    expect(second.headers.get('X-Session-Id')).to.equal(second.body?.token).and.to.not.equal(id)
    expect((await api.bearer('/logout', `${second.body?.token}`)).headers.get('X-Session-Id')).to.equal(null)
  })

  it('takes the id back if its session ends in the same request, and sends that of the next session', async () => {
    const { api, login } = await site()
    expect((await api.send('/login-and-out')).headers.get('X-Session-Id')).to.equal(null)
    const id = await login()
    const { headers } = await api.bearer('/logout-and-visit', id)
    expect(headers.get('X-Session-Id'))
      .to.match(/^[\w-]{43}$/)
      .and.to.not.equal(id)
  })

  it('sends the id even if the request fails after the login', async () => {
    const { api } = await site()
    const { status, headers } = await api.send('/login-and-fail')
    expect(status).to.equal(422)
    const id = `${headers.get('X-Session-Id')}`
    expect(headers.get('Cache-Control')).to.equal('no-store')
    expect((await api.bearer('/me', id)).body).to.deep.equal({ userId: 42 })
  })

  for (const [version, ask] of versions) {
    it(`has the last word over middlewares outside, over ${version}`, async () => {
      const app = new Koa()
      app.use(async (ctx, next) => {
        await next()
        ctx.remove('X-Session-Id')
        ctx.set({ 'Cache-Control': 'public', Vary: 'Accept' })
        ctx.res.writeHead(200, { 'x-session-id': 'theirs' })
      })
      const transport = bearer({ header: 'X-Session-Id' })
      const served = app.use(session({ backend: memory(), cleanup: false, transport })).use((ctx) => {
        ctx.session.userId = 1
        ctx.body = 'in'
      })
      const { headers, cookies } = await ask(served)
      expect(headers['x-session-id']).to.match(/^[\w-]{43}$/)
      expect([headers['cache-control'], headers.vary]).to.deep.equal(['public, no-store', 'Accept, Authorization'])
      expect(cookies).to.deep.equal([])
    })
  }

  it('sends the id in no header without the option, and ctx.session.id has it', async () => {
    const { api } = await site({ transport: bearer() })
    const { headers, body } = await api.send('/login')
    const values = [...headers.values()].join('\n')
    expect(values).to.not.include(body?.token)
    expect((await api.bearer('/me', `${body?.token}`)).body).to.deep.equal({ userId: 42 })
  })

  it('keeps responses out of caches, and they vary by Authorization instead of Cookie', async () => {
    const { api, login } = await site({ touchAfter: 0 })
    for (const path of ['/login', '/count', '/logout']) {
      const { headers } = await api.bearer(path, await login())
      expect(headers.get('Cache-Control'), path).to.equal('no-store')
      expect(headers.get('Vary'), path).to.equal('Authorization')
    }
    const { headers } = await api.send('/own-headers')
    expect(headers.get('Cache-Control')).to.equal('private, no-store')
    expect(headers.get('Vary')).to.equal('Accept, Authorization')
  })

  it('asks the browser to clear its data at a logout, with clearSiteData', async () => {
    const { api, login } = await site({ clearSiteData: ['storage'] })
    const { headers } = await api.bearer('/logout', await login())
    expect(headers.get('Clear-Site-Data')).to.equal('"storage"')
    expect((await api.send('/login')).headers.get('Clear-Site-Data')).to.equal(null)
  })

  it('opens an id that is replaced for the grace, and tells the other one only to who logged in', async () => {
    const { api, login, clock } = await site({ transport: bearer({ header: 'X-Session-Id' }), grace: '10s' })
    const id = await login()
    await api.bearer('/login', id)
    const late = await api.bearer('/count', id)
    expect(late.headers.get('X-Session-Id')).to.equal(null)
    clock.pass(11)
    expect((await api.bearer('/me', id)).body).to.deep.equal({ userId: null })
  })

  it('reads nothing on requests that are excluded', async () => {
    const { api, login, backend } = await site({ exclude: ({ get }) => get('X-Public') === '1' })
    const id = await login()
    backend.takeCalls()
    expect((await api.bearer('/none', id, { 'X-Public': '1' })).body).to.deep.equal({})
    expect(backend.takeCalls()).to.deep.equal([])
    expect((await api.bearer('/none', id)).body).to.deep.equal({})
    expect(backend.takeCalls()).to.deep.equal(['find'])
  })

  it('costs no query on a request without the header', async () => {
    const { api, backend } = await site()
    expect((await api.send('/none')).headers.get('Vary')).to.equal(null)
    expect(backend.takeCalls()).to.deep.equal([])
  })

  it('opens a session that manager.create() has made', async () => {
    const { api, manager } = await site()
    const { id } = await manager.create({ userId: 7 }, { authenticated: true })
    expect((await api.bearer('/me', id)).body).to.deep.equal({ userId: 7 })
  })
})
