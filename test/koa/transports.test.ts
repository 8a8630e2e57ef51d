import { createHmac } from 'node:crypto'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect } from 'chai'
import Koa from 'koa'
import {
  bearer,
  cookie,
  type KoaContext,
  SessionManager,
  session,
  type Transport,
  type TransportChange,
} from 'koa-session-model'
import { channelFor } from '../../src/koa/transports.js'
import { expectError } from '../support/errors.js'
import { ApiClient } from './support/api-client.js'
import { serve } from './support/serve.js'
import { type Handlers, memory, type Options, start } from './support/site.js'

const handlers: Handlers = {
  '/login': async (ctx) => {
    await ctx.session.regenerate()
    ctx.session.userId = 42
    await ctx.session.save()
    ctx.body = { token: ctx.session.id }
  },
  '/count': (ctx) => {
    ctx.session.views = Number(ctx.session.views ?? 0) + 1
  },
  '/me': (ctx) => {
    ctx.body = { userId: ctx.session.userId, label: ctx.session.label }
  },
  '/logout': (ctx) => ctx.session.destroy(),
  '/fail': (ctx) => {
    ctx.session.userId = 1
    ctx.throw(400)
  },
  '/ends-elsewhere': async (ctx) => {
    ctx.session.views = 1
  },
}

async function site(options: Options) {
  const opened = await start(handlers, options)
  const rejected: string[] = []
  opened.manager.on('rejected', ({ reason }) => rejected.push(reason))
  return { ...opened, api: new ApiClient(opened.url), rejected }
}

const twice: Handlers[string] = async (ctx) => {
  ctx.session.userId = 1
  await ctx.session.save()
  ctx.session.userId = 2
}

const header = 'X-Session-Id'
const sid = (id: string): Record<string, string> => ({ Cookie: `sid=${id}` })

describe('several transports', () => {
  const both: Options = { transport: [bearer({ header }), cookie()] }

  it('serve a phone and a browser on one API', async () => {
    const { api } = await site(both)
    const { body, cookies } = await api.send('/login')
    expect(cookies).to.have.length(1)
    const id = `${body?.token}`
    expect((await api.send('/me', sid(id))).body).to.include({ userId: 42 })
    expect((await api.bearer('/me', id)).body).to.include({ userId: 42 })
  })

  it('answer by the one that the request used', async () => {
    const { api, manager } = await site(both)
    const create = async () => (await manager.create({ userId: 1 })).id
    const phone = await api.bearer('/login', await create())
    expect(phone.headers.get(header)).to.equal(phone.body?.token)
    expect(phone.cookies).to.deep.equal([])
    const browser = await api.send('/login', sid(await create()))
    expect(browser.headers.get(header)).to.equal(null)
    expect(browser.cookies[0]).to.match(new RegExp(`^sid=${browser.body?.token};`))
  })

  it('answer by both if the request used both with one id', async () => {
    const { api, manager } = await site(both)
    const { id } = await manager.create({ userId: 1 })
    const { headers, cookies, body } = await api.bearer('/login', id, sid(id))
    expect(headers.get(header)).to.equal(body?.token)
    expect(cookies[0]).to.match(new RegExp(`^sid=${body?.token};`))
    const out = await api.bearer('/logout', `${body?.token}`, sid(`${body?.token}`))
    expect(out.cookies[0]).to.match(/^sid=;/)
  })

  it('show the id of a login to no script: one without an id is answered by the cookie', async () => {
    for (const transport of [
      [bearer({ header }), cookie()],
      ['cookie', bearer({ header })],
    ] as const) {
      const { api } = await site({ transport })
      const { headers, cookies } = await api.send('/login')
      expect(headers.get(header)).to.equal(null)
      expect(cookies[0]).to.match(/^sid=[\w-]{43};/)
    }
  })

  it('answer a request without an id by the first that says so', async () => {
    const isApp = ({ headers }: Parameters<Transport['read']>[0]) => headers['x-client'] === 'app'
    const { api, manager } = await site({ transport: [bearer({ header, answers: isApp }), cookie()] })
    const phone = await api.send('/login', { 'X-Client': 'app' })
    expect(phone.headers.get(header)).to.equal(phone.body?.token)
    expect(phone.cookies).to.deep.equal([])
    expect((await api.send('/login')).cookies).to.have.length(1)
    // A script of the page cannot have the id of the browser's cookie shown.
    const { id } = await manager.create({ userId: 1 })
    const script = await api.send('/login', { ...sid(id), 'X-Client': 'app' })
    expect(script.headers.get(header)).to.equal(null)
    expect(script.cookies).to.have.length(1)
  })

  it('answer a request without an id by all, if none is the cookie', async () => {
    const other: Transport = { read: () => undefined, write: (_, { type }) => ({ 'X-Told': type }) }
    const { api } = await site({ transport: [bearer({ header }), other] })
    const { headers, body } = await api.send('/login')
    expect(headers.get(header)).to.equal(body?.token)
    expect(headers.get('X-Told')).to.equal('issue')
  })

  it('show the id of a cookie to no script that sends a token which is no id', async () => {
    const isApp = (): boolean => true
    for (const transport of [
      ['cookie', bearer({ header, answers: isApp })],
      [bearer({ header, answers: isApp }), 'cookie'],
    ] as const) {
      const { api, manager } = await site({ transport })
      const { id } = await manager.create({ userId: 1 })
      const { headers, cookies, body } = await api.bearer('/login', 'junk', sid(id))
      const isCookieFirst = transport[0] === 'cookie'
      expect(headers.get(header)).to.equal(isCookieFirst ? null : body?.token)
      expect(cookies).to.have.length(isCookieFirst ? 1 : 0)
      if (!isCookieFirst) expect(await manager.get(id)).to.include({ userId: 1 })
    }
  })

  it('vary by all', async () => {
    const { api } = await site(both)
    for (const { headers } of [await api.send('/login'), await api.bearer('/login', 'A'.repeat(43))]) {
      expect(headers.get('Vary')).to.equal('Authorization, Cookie')
    }
  })

  it('that carry different ids are refused with status 400, before any query', async () => {
    const { api, manager, backend, errors } = await site(both)
    const [one, two] = [(await manager.create({ userId: 1 })).id, (await manager.create({ userId: 2 })).id]
    backend.takeCalls()
    for (const cookie of [two, 'A'.repeat(43)]) {
      const { status, text, cookies } = await api.bearer('/me', one, sid(cookie))
      expect(status).to.equal(400)
      expect(text).to.include('two different session ids').and.to.not.include(one)
      expect(cookies).to.deep.equal([])
    }
    expect(backend.takeCalls()).to.deep.equal([])
    for (const error of errors) await expectError('TRANSPORT_CONFLICT', () => Promise.reject(error))
    expect(errors).to.have.length(2)
  })

  it('let the first decide that finds anything, even if that is no id', async () => {
    const { api, manager, rejected, backend } = await site(both)
    const { id } = await manager.create({ userId: 1 })
    backend.takeCalls()
    expect((await api.bearer('/me', 'null', sid(id))).body).to.include({ userId: null })
    expect(rejected).to.deep.equal(['malformed'])
    expect(backend.takeCalls()).to.deep.equal([])
    expect((await api.bearer('/me', id, sid('no id'))).body).to.include({ userId: 1 })
    expect((await api.send('/me', { Authorization: 'Basic eDp5', ...sid(id) })).body).to.include({ userId: 1 })
  })
})

describe('the option adopt with several transports', () => {
  const secret = 'keyboard cat'
  const oldId = 'Wi3yqUVXGLzcUDYCBFsLjK9gTtnTZpNM'
  const signature = createHmac('sha256', secret).update(oldId).digest('base64').replace(/=+$/, '')
  const value = encodeURIComponent(`s:${oldId}.${signature}`)

  async function adopting(name = 'connect.sid') {
    const backend = memory()
    const transport = [bearer({ header, answers: () => true }), cookie()]
    const opened = await start(handlers, { transport, adopt: { cookie: name, secret } }, backend)
    const old = new SessionManager({ backend, hashIds: false, cleanup: false, now: opened.clock.now })
    await old.set(oldId, { userId: 7 })
    return { ...opened, api: new ApiClient(opened.url), old: { Cookie: `${name}=${value}` } }
  }

  it('answers an old cookie by the cookie', async () => {
    for (const name of ['connect.sid', 'sid']) {
      const { api, old } = await adopting(name)
      const { body, cookies, headers } = await api.send('/me', old)
      expect(body).to.include({ userId: 7 })
      expect(cookies[0]).to.match(/^sid=[\w-]{43};/)
      expect(headers.get(header)).to.equal(null)
    }
  })

  it('reads no old cookie beside a token', async () => {
    for (const name of ['connect.sid', 'sid']) {
      const { api, old, manager } = await adopting(name)
      const { id } = await manager.create({ userId: 1 })
      expect((await api.bearer('/me', id, old)).body).to.include({ userId: 1 })
      expect((await api.bearer('/me', 'null', old)).body).to.include({ userId: null })
    }
  })
})

describe('a transport of the application', () => {
  /** A transport by a header of its own, and what it was told. */
  function own() {
    const told: TransportChange[] = []
    const transport: Transport = {
      vary: [header],
      read: ({ headers }) => headers['x-session-id'],
      write: (_ctx, change) => {
        told.push(change)
        return change.type === 'issue' ? { [header]: change.id } : undefined
      },
    }
    return { told, transport }
  }

  it('is told what becomes of the id', async () => {
    const { told, transport } = own()
    const { api, manager, clock } = await site({ transport, maxAge: '1h' })
    const expires = new Date(clock.now() + 3_600_000)
    const { headers, body } = await api.send('/login')
    const id = `${headers.get(header)}`
    expect(id).to.equal(body?.token)
    expect(told.splice(0)).to.deep.equal([{ type: 'issue', id, expires }])
    expect(headers.get('Vary')).to.equal(header)
    await api.send('/count', { [header]: id })
    expect(told.splice(0)).to.deep.equal([])
    clock.pass(600)
    await api.send('/count', { [header]: id })
    expect(told.splice(0)).to.deep.equal([{ type: 'renew', id, expires: new Date(expires.getTime() + 600_000) }])
    await api.send('/logout', { [header]: id })
    expect(told.splice(0)).to.deep.equal([{ type: 'withdraw', reason: 'logout' }])
    await api.send('/me')
    expect(told).to.deep.equal([])
    manager.close()
  })

  it('hears that the session was ended elsewhere, and that another request has replaced the id', async () => {
    const { told, transport } = own()
    const { manager, url } = await start(
      {
        '/ended': async (ctx) => {
          await manager.delete(ctx.session.id)
          ctx.session.label = 'late'
        },
        '/replaced': async (ctx) => {
          const { id } = ctx.session
          await new ApiClient(url).send('/login', { [header]: id })
          told.length = 0
          ctx.session.views = 1
        },
        '/login': (ctx) => ctx.session.regenerate(),
      },
      { transport },
    )
    const api = new ApiClient(url)
    const first = await manager.create({ label: 'first' })
    await api.send('/ended', { [header]: first.id })
    expect(told.splice(0)).to.deep.equal([{ type: 'withdraw', reason: 'gone' }])
    const { id } = await manager.create({ label: 'second' })
    const { headers } = await api.send('/replaced', { [header]: id })
    expect(told).to.deep.equal([{ type: 'keep', id }])
    expect(headers.get('Cache-Control')).to.equal(null)
  })

  it("gets Koa's context", async () => {
    const seen: unknown[] = []
    const transport: Transport = {
      read: (request) => {
        seen.push((request as Koa.Context).path)
        return undefined
      },
      write: (ctx: Koa.Context, { type }) => {
        ctx.set('X-Told', `${type} ${ctx.method}`)
        return undefined
      },
    }
    const { api } = await site({ transport })
    expect((await api.send('/count')).headers.get('X-Told')).to.equal('issue GET')
    expect(seen).to.deep.equal(['/count'])
  })

  it('sends no header that is undefined, and takes back one of an earlier write', async () => {
    let count = 0
    const write = () => ({ 'X-Never': undefined, [`X-Write-${++count}`]: 'yes' })
    const { url } = await start({ '/twice': twice }, { touchAfter: 0, transport: { read: () => '', write } })
    const { headers } = await fetch(`${url}/twice`)
    const names = [...headers.keys()].filter((name) => /^x-/.test(name))
    expect(names).to.deep.equal(['x-write-2'])
  })

  it('has its headers sent even if the request fails', async () => {
    const { api } = await site({ transport: own().transport })
    const { status, headers } = await api.send('/fail')
    expect(status).to.equal(400)
    expect(headers.get(header)).to.match(/^[\w-]{43}$/)
  })

  it('may write nothing, and read headers that are absent as an empty text', async () => {
    const transport: Transport = { read: (request) => (request as Koa.Context).get(header) }
    const { api, rejected } = await site({ transport })
    const { headers, cookies, body } = await api.send('/login')
    expect([headers.get(header), cookies]).to.deep.equal([null, []])
    expect(headers.get('Cache-Control')).to.equal('no-store')
    expect(headers.get('Vary')).to.equal(null)
    expect((await api.send('/me', { [header]: `${body?.token}` })).body).to.include({ userId: 42 })
    expect((await api.send('/me', { [header]: 'no id' })).body).to.include({ userId: null })
    expect(rejected).to.deep.equal(['malformed'])
  })

  const wrong: Readonly<Record<string, Partial<Record<keyof Transport, unknown>>>> = {
    'a promise of an id': { read: async () => undefined },
    null: { read: () => null },
    'a number': { read: () => 5 },
    'a promise of headers': { read: () => '', write: async () => ({}) },
    'a list of headers': { read: () => '', write: () => ['X-A', '1'] },
    'a header that is no text': { read: () => '', write: () => ({ 'X-A': 5 }) },
    'a cookie': { read: () => '', write: () => ({ 'set-cookie': 'a=1' }) },
    'an answer that is no boolean': { read: () => '', answers: async () => true },
  }
  for (const [what, transport] of Object.entries(wrong)) {
    it(`is an error of the request if it returns ${what}`, async () => {
      const { api, errors } = await site({ transport: transport as unknown as Transport })
      expect((await api.send('/count')).status).to.equal(500)
      const error = await expectError('OPTION_INVALID', () => Promise.reject(errors[0]))
      expect(error.message).to.match(/transport/)
    })
  }
})

describe('the sink of several transports', () => {
  it('takes back the id that another request has replaced, and no other', () => {
    const { options } = new SessionManager({ backend: memory(), cleanup: false, transport: bearer({ header }) })
    const res = new ServerResponse(new IncomingMessage(new Socket()))
    const ctx = { req: { headers: {} }, headers: {}, res } as unknown as KoaContext
    const sink = channelFor(options).sinkOf(ctx, false)
    sink.set('one', undefined, new Date(0))
    sink.keep('another')
    expect(res.getHeader(header)).to.equal('one')
    sink.keep('one')
    expect(res.getHeader(header)).to.equal(undefined)
  })
})

describe('two middlewares', () => {
  const one = { backend: memory(), cleanup: false } as const
  const two = { ...one, backend: memory(), property: 'other' } as const
  const ask = async (app: Pick<Koa, 'callback'>) =>
    fetch(await serve(app), { headers: { Cookie: `sid=${'A'.repeat(43)}` } })

  it('may have the cookie and bearer() with one key, or two transports and no cookie', async () => {
    const mine: Transport = { read: () => undefined }
    for (const transport of ['cookie', mine] as const) {
      const app = new Koa().use(session({ ...one, transport })).use(session({ ...two, transport: bearer() }))
      app.use((ctx) => {
        ctx.body = {}
      })
      expect((await ask(app)).status).to.equal(200)
    }
  })

  it('must not both have bearer(), or one transport', async () => {
    const mine: Transport = { read: () => undefined }
    for (const [first, second] of [
      [bearer(), [bearer({ header }), cookie()]],
      [mine, mine],
    ] as const) {
      const app = new Koa().use(session({ ...one, transport: first })).use(session({ ...two, transport: second }))
      const errors: unknown[] = []
      app.on('error', (error) => errors.push(error))
      expect((await ask(app)).status).to.equal(500)
      await expectError('PROPERTY_TAKEN', () => Promise.reject(errors[0]))
    }
  })
})
