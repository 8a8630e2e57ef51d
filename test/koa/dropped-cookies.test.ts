import { expect } from 'chai'
import type { SessionCookieOptions } from 'koa-session-model'
import { warned } from '../support/warned.js'
import { type Options, start } from './support/site.js'

const handlers = {
  '/login': (ctx: { session: { userId: number | null } }) => {
    ctx.session.userId = 1
  },
}

/** The warnings of a site with this cookie, whose visitors come with these headers. */
function warningsOf(
  cookie: SessionCookieOptions,
  headers: Readonly<Record<string, string>> = {},
  options: Options = {},
): Promise<Error[]> {
  return warned('KOA_SESSION_MODEL_COOKIE_DROPPED', async () => {
    const { url } = await start(handlers as never, { cookie, ...options })
    for (const path of ['/', '/login', '/login']) await fetch(url + path, { headers })
  })
}

const https = { 'X-Forwarded-Proto': 'https' }

describe('a cookie that browsers drop over plain HTTP', () => {
  const dropped: readonly (readonly [SessionCookieOptions, string])[] = [
    [{ sameSite: 'none' }, "The option cookie.sameSite is 'none'"],
    [{ partitioned: true }, 'The option cookie.partitioned is true'],
    [{ sameSite: 'none', partitioned: true }, "The option cookie.sameSite is 'none'"],
  ]
  for (const [cookie, cause] of dropped) {
    it(`is warned of once: ${JSON.stringify(cookie)}`, async () => {
      const warnings = await warningsOf(cookie)
      expect(warnings).to.have.length(1)
      expect(warnings[0]?.message).to.contain(cause).and.to.contain('Browsers drop').and.to.contain('HTTPS')
    })

    it(`is not warned of over HTTPS: ${JSON.stringify(cookie)}`, async () => {
      expect(await warningsOf(cookie, https, { proxy: true })).to.deep.equal([])
    })
  }

  for (const cookie of [{}, { sameSite: 'strict' }, { secure: false }] as const) {
    it(`is no other: ${JSON.stringify(cookie)}`, async () => expect(await warningsOf(cookie)).to.deep.equal([]))
  }

  it('is not warned of before there is a cookie', async () => {
    const warnings = await warned('KOA_SESSION_MODEL_COOKIE_DROPPED', async () => {
      const { url } = await start({}, { cookie: { sameSite: 'none' } })
      await fetch(url)
    })
    expect(warnings).to.deep.equal([])
  })
})
