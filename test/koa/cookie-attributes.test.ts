import { expect } from 'chai'
import type { SessionCookieOptions } from 'koa-session-model'
import { type Handlers, type Options, start } from './support/site.js'

const handlers: Handlers = {
  '/login': (ctx) => {
    ctx.session.userId = 1
  },
  '/logout': (ctx) => ctx.session.destroy(),
}

interface Asked {
  readonly options?: Options
  readonly headers?: Record<string, string>
}

/** The attributes of the cookie at login, sorted, with `expires` apart. */
async function cookieAtLogin({ options = {}, headers = {} }: Asked = {}) {
  const { client } = await start(handlers, options)
  const response = await client().request('/login', { headers })
  const [line = '', ...others] = response.headers.getSetCookie()
  expect(others).to.deep.equal([])
  const [pair = '', ...attributes] = line.split('; ')
  const isExpiry = (attribute: string): boolean => attribute.startsWith('expires=')
  const expires = Date.parse(attributes.find(isExpiry)?.slice('expires='.length) ?? '')
  return { pair, expires, attributes: attributes.filter((attribute) => !isExpiry(attribute)).sort() }
}

const withCookie = (cookie: SessionCookieOptions): Asked => ({ options: { cookie } })
const overHttps: Asked = { options: { proxy: true }, headers: { 'X-Forwarded-Proto': 'https' } }

describe('the session cookie', () => {
  it('is named sid, hidden from scripts and kept from other sites', async () => {
    const { pair, attributes } = await cookieAtLogin()
    expect(pair).to.match(/^sid=[\w-]{43}$/)
    expect(attributes).to.deep.equal(['httponly', 'path=/', 'samesite=lax'])
  })

  it('expires when the session does', async () => {
    const { expires } = await cookieAtLogin({ options: { maxAge: '2h' } })
    expect(expires).to.be.closeTo(Date.now() + 7_200_000, 5000)
  })

  it('expires with the absolute timeout, if that comes first', async () => {
    const { expires } = await cookieAtLogin({ options: { maxAge: '2h', absoluteTimeout: '1h' } })
    expect(expires).to.be.closeTo(Date.now() + 3_600_000, 5000)
  })

  it('is only for HTTPS when the request came over HTTPS through a trusted proxy', async () => {
    expect((await cookieAtLogin(overHttps)).attributes).to.contain('secure')
    const { headers = {} } = overHttps
    expect((await cookieAtLogin({ headers })).attributes).not.to.contain('secure')
  })

  it('is only for HTTPS with secure: true, also where Koa cannot see the HTTPS of the proxy', async () => {
    expect((await cookieAtLogin(withCookie({ secure: true }))).attributes).to.contain('secure')
  })

  it('is not only for HTTPS with secure: false', async () => {
    const asked = { ...overHttps, options: { proxy: true, cookie: { secure: false } } }
    expect((await cookieAtLogin(asked)).attributes).not.to.contain('secure')
  })

  it('has the attributes that the options give', async () => {
    const cookie: SessionCookieOptions = {
      domain: 'example.org',
      path: '/app',
      httpOnly: false,
      sameSite: 'none',
      partitioned: true,
      priority: 'high',
    }
    const { attributes } = await cookieAtLogin({ ...overHttps, options: { proxy: true, cookie } })
    const given = ['domain=example.org', 'partitioned', 'path=/app', 'priority=high', 'samesite=none', 'secure']
    expect(attributes).to.deep.equal(given)
  })

  it('can have another name, with every character that is allowed', async () => {
    for (const key of ['__Host-id', "a!#$%&'*+-.^_`|~9"]) {
      const { client } = await start(
        {
          ...handlers,
          '/': (ctx) => {
            ctx.body = ctx.session
          },
        },
        { key },
      )
      const visitor = client()
      await visitor.json('/login')
      expect(await visitor.json('/')).to.include({ userId: 1 })
    }
  })

  it('is cleared where it was set', async () => {
    const cookie: SessionCookieOptions = { domain: 'example.org', path: '/app' }
    const { client } = await start(handlers, { cookie })
    const visitor = client()
    await visitor.json('/login')
    const [line = ''] = (await visitor.request('/logout')).headers.getSetCookie()
    expect(line).to.match(/^sid=;/)
    expect(line).to.contain('expires=Thu, 01 Jan 1970').and.contain('domain=example.org').and.contain('path=/app')
  })

  it('stands beside the cookies of others', async () => {
    const { client } = await start({
      '/': (ctx) => {
        ctx.cookies.set('theme', 'dark')
        ctx.session.userId = 1
        ctx.cookies.set('sidebar', 'open')
      },
    })
    const cookies = (await client().request('/')).headers.getSetCookie()
    expect(cookies.map((line) => line.split('=')[0]).sort()).to.deep.equal(['sid', 'sidebar', 'theme'])
  })
})
