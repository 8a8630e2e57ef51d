import { once } from 'node:events'
import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import { expectError } from '../support/errors.js'
import { type Handlers, memory, type Options, start } from './support/site.js'

const handlers: Handlers = {
  '/login': (ctx) => {
    ctx.session.userId = 1
  },
  '/logout': (ctx) => ctx.session.destroy(),
  '/': (ctx) => {
    ctx.body = { userId: ctx.session.userId }
  },
}
const https = { 'X-Forwarded-Proto': 'https' }

async function site(options: Options = {}) {
  const { url, manager } = await start(handlers, { proxy: true, ...options })
  /** The cookie that a login sets, and who is logged in with a cookie. */
  const login = async (headers: Record<string, string> = {}) =>
    (await fetch(`${url}/login`, { headers })).headers.getSetCookie()[0] ?? ''
  const userWith = async (cookie: string, headers: Record<string, string> = {}) =>
    ((await (await fetch(url, { headers: { ...headers, cookie } })).json()) as { userId: number | null }).userId
  return { url, manager, login, userWith }
}

const pairOf = (line: string): string => line.split(';')[0] ?? ''

describe('the name of the cookie', () => {
  it('begins with __Host- over HTTPS, and with nothing else', async () => {
    const { login, userWith } = await site()
    const cookie = await login(https)
    expect(cookie).to.match(/^__Host-sid=[\w-]{43}; path=\/; .*secure; httponly/)
    expect(await userWith(pairOf(cookie), https)).to.equal(1)
    expect(await userWith(pairOf(cookie))).to.equal(null)
    expect(await login()).to.match(/^sid=/)
  })

  it('of another host of the domain opens nothing over HTTPS', async () => {
    const { login, userWith } = await site()
    const id = pairOf(await login()).slice('sid='.length)
    expect(await userWith(`sid=${id}`, https)).to.equal(null)
    expect(await userWith(`__Host-sid=${id}`, https)).to.equal(1)
  })

  it('begins with __Secure- where a domain or a path is given', async () => {
    for (const cookie of [{ domain: 'example.org' }, { path: '/app' }]) {
      const { login, userWith } = await site({ cookie })
      const line = await login(https)
      expect(line).to.match(/^__Secure-sid=.*; secure/)
      expect(await userWith(pairOf(line), https)).to.equal(1)
      expect(await login()).to.match(/^sid=/)
    }
  })

  it('has no prefix where none is wanted, or the key has one', async () => {
    expect(await (await site({ cookie: { prefix: false } })).login(https)).to.match(/^sid=/)
    expect(await (await site({ key: '__Secure-id' })).login(https)).to.match(/^__Secure-id=/)
  })

  it('cannot have two prefixes', async () => {
    const options = { backend: memory(), cleanup: false, key: '__Host-id', cookie: { prefix: true } } as const
    await expectError('OPTION_INVALID', () => new SessionManager(options))
  })

  it('is the same for a logout', async () => {
    const { url, login } = await site()
    const cookie = pairOf(await login(https))
    const { headers } = await fetch(`${url}/logout`, { headers: { ...https, cookie } })
    expect(headers.getSetCookie()[0]).to.match(/^__Host-sid=; path=\/; expires=Thu, 01 Jan 1970/)
  })

  it('is found on a bare request', async () => {
    const { login, manager } = await site()
    const cookie = pairOf(await login(https))
    expect((await manager.fromRequest({ headers: { cookie } }))?.userId).to.equal(1)
  })
})

describe('a cookie that browsers would drop', () => {
  it('is refused when it may be longer than 4096 bytes', async () => {
    const cookie = { path: `/${'x'.repeat(4000)}` }
    await expectError('OPTION_INVALID', () => new SessionManager({ backend: memory(), cleanup: false, cookie }))
  })

  it('is warned of once, when it is secure and Koa sees no HTTPS', async () => {
    const { login } = await site({ cookie: { secure: true } })
    const warned = once(process, 'warning')
    const warnings: Error[] = []
    const note = (warning: Error): void => void warnings.push(warning)
    process.on('warning', note)
    try {
      expect(await login()).to.match(/^__Host-sid=.*; secure/)
      await login()
      const [warning] = await warned
      expect(warning.message).to.contain('app.proxy')
      expect(warnings).to.have.length(1)
    } finally {
      process.off('warning', note)
    }
  })
})
