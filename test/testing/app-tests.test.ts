import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { expect } from 'chai'
import { bearer, MemorySessionBackend, SessionManager } from 'koa-session-model'
import { cookieFor, sessionOf } from 'koa-session-model/testing'
import supertest from 'supertest'
import { type Handlers, type Options, start } from '../koa/support/site.js'
import { expectError } from '../support/errors.js'

const handlers: Handlers = {
  '/login': async (ctx) => {
    await ctx.session.regenerate()
    Object.assign(ctx.session, { userId: 1, cart: ['book'] })
  },
  '/logout': (ctx) => ctx.session.destroy(),
  '/': (ctx) => {
    ctx.body = { ...ctx.session, authenticatedAt: ctx.session.authenticatedAt, expires: ctx.session.expires }
  },
}

const stored = { userId: 1, label: null, seenAt: null, cart: ['book'] }

async function open(options: Options = {}) {
  const site = await start(handlers, options)
  const ask = (path: string, headers: Record<string, string> = {}) => fetch(site.url + path, { headers })
  return { ...site, ask }
}

async function node(url: string): Promise<IncomingMessage> {
  const [response] = (await once(get(url), 'response')) as [IncomingMessage]
  response.resume()
  return response
}

describe('cookieFor()', () => {
  it('logs in: the session is stored, and has authenticatedAt', async () => {
    const { manager, ask, clock } = await open()
    const Cookie = await cookieFor(manager, { userId: 42, cart: ['book'] })
    const answer = await (await ask('/', { Cookie })).json()
    expect(answer).to.deep.include({ userId: 42, cart: ['book'], authenticatedAt: new Date(clock.now()).toJSON() })
  })

  it('takes the options of create()', async () => {
    const { manager, ask, clock } = await open({ proxy: true })
    const Cookie = await cookieFor(manager, {}, { authenticated: false, secure: true, maxAge: '1h' })
    expect(Cookie).to.match(/^__Host-sid=/)
    const answer = await (await ask('/', { Cookie, 'X-Forwarded-Proto': 'https' })).json()
    const expires = new Date(clock.now() + 3_600_000).toJSON()
    expect(answer).to.include({ userId: null, authenticatedAt: null, expires })
  })

  it('needs no properties', async () => {
    const { manager } = await open()
    expect(await manager.get((await cookieFor(manager)).slice('sid='.length))).to.include({ userId: null })
  })

  it('refuses what is no manager, and what create() refuses', async () => {
    const { manager } = await open()
    const backend = new MemorySessionBackend({ userId: null as number | null })
    for (const wrong of [undefined, null, backend, { backend }, () => {}]) {
      await expectError('OPTION_INVALID', () => cookieFor(wrong as never))
      await expectError('OPTION_INVALID', () => sessionOf(wrong as never, new Response()))
    }
    await expectError('NAME_RESERVED', () => cookieFor(manager, { id: 'x' }))
    await expectError('OPTION_UNKNOWN', () => cookieFor(manager, {}, { auth: true } as never))
    manager.close()
    await expectError('MANAGER_CLOSED', () => cookieFor(manager))
  })
})

describe('a manager without the cookie as a transport', () => {
  it('is refused, since its app reads and sets no cookie', async () => {
    const { manager } = await open({ transport: bearer() })
    for (const call of [() => cookieFor(manager), () => sessionOf(manager, new Response())]) {
      const error = await expectError('OPTION_INVALID', call)
      expect(error.message).to.include('manager.create()')
    }
    const both = await open({ transport: [bearer(), 'cookie'] })
    const Cookie = await cookieFor(both.manager, { userId: 42 })
    expect(await (await both.ask('/', { Cookie })).json()).to.include({ userId: 42 })
  })
})

describe('sessionOf()', () => {
  it('gives what is stored, for a response of fetch, supertest or Node', async () => {
    const { manager, ask, url } = await open()
    for (const response of [await ask('/login'), await supertest(url).get('/login'), await node(`${url}/login`)]) {
      expect(await sessionOf(manager, response)).to.deep.equal(stored)
    }
  })

  it('reads the headers of other clients: one value, a list, any case', async () => {
    const { manager } = await open()
    const cookie = `${await cookieFor(manager, { userId: 1, cart: ['book'] })}; path=/; httponly`
    const others = ['a=1', 'sid2=x; path=/', 'xsid=y', 'b=sid=z']
    for (const headers of [
      { 'set-cookie': cookie },
      { 'Set-Cookie': [...others, cookie] },
      new Headers([...[...others, cookie].map((text): [string, string] => ['Set-Cookie', text])]),
    ]) {
      expect(await sessionOf(manager, { headers })).to.deep.equal(stored)
    }
  })

  it('is undefined if the response sets no session cookie, and null after a logout', async () => {
    const { manager, ask } = await open()
    const Cookie = await cookieFor(manager, { userId: 1 })
    expect(await sessionOf(manager, await ask('/', { Cookie }))).to.equal(undefined)
    expect(await sessionOf(manager, await ask('/'))).to.equal(undefined)
    expect(await sessionOf(manager, { headers: {} })).to.equal(undefined)
    expect(await sessionOf(manager, await ask('/logout', { Cookie }))).to.equal(null)
  })

  it('is null if the session is not stored any more, or the cookie holds no id', async () => {
    const { manager, ask } = await open()
    const response = await ask('/login')
    await manager.deleteAll()
    expect(await sessionOf(manager, response)).to.equal(null)
    expect(await sessionOf(manager, { headers: { 'set-cookie': 'sid=x' } })).to.equal(null)
  })

  it('finds the cookie of HTTPS, and the last of several', async () => {
    const { manager, ask } = await open({ proxy: true, key: 'mine' })
    const response = await ask('/login', { 'X-Forwarded-Proto': 'https' })
    expect(response.headers.getSetCookie()[0]).to.match(/^__Host-mine=/)
    expect(await sessionOf(manager, response)).to.deep.equal(stored)
    const both = ['mine=; path=/', ...response.headers.getSetCookie()]
    expect(await sessionOf(manager, { headers: { 'set-cookie': both } })).to.deep.equal(stored)
    expect(await sessionOf(manager, { headers: { 'set-cookie': both.reverse() } })).to.equal(null)
  })

  it('does not renew the session', async () => {
    const { manager, ask, clock, backend } = await open()
    const response = await ask('/login')
    clock.pass(10 * 86_400)
    backend.takeCalls()
    expect(await sessionOf(manager, response)).to.deep.equal(stored)
    expect(backend.takeCalls()).to.deep.equal(['find'])
    clock.pass(5 * 86_400)
    expect(await sessionOf(manager, response)).to.equal(null)
  })

  it('refuses what is no response', async () => {
    const { manager, ask } = await open()
    const responses: unknown[] = [undefined, 'sid=x', {}, { headers: 'sid=x' }, () => {}]
    for (const wrong of responses) await expectError('OPTION_INVALID', () => sessionOf(manager, wrong as never))
    const { message } = await expectError('OPTION_INVALID', () => sessionOf(manager, ask('/') as never))
    expect(message).to.contain('Await it')
  })

  it('shares a backend with another manager, whose sessions it reads', async () => {
    const { manager, ask, backend } = await open()
    const other = new SessionManager({ backend, cleanup: false, now: manager.options.now })
    expect(await sessionOf(other, await ask('/login'))).to.deep.equal(stored)
    other.close()
  })
})
