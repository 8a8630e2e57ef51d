import { expect } from 'chai'
import type { BareRequestOptions, RequestWithCookie } from 'koa-session-model'
import { expectError } from '../support/errors.js'
import { type Options, start } from './support/site.js'

const id = 'x'.repeat(43)
const other = 'y'.repeat(43)
const https = { socket: { encrypted: true } }
const plain = { socket: {} }

async function site(options: Options = {}) {
  const { url, manager } = await start(
    {
      '/': (ctx) => {
        ctx.body = { label: ctx.session.label }
      },
    },
    { proxy: true, ...options },
  )
  for (const label of [id, other]) await manager.set(label, { label })
  /** Which session a request to Koa opens. */
  const koa = async (cookie: string, isSecure: boolean) => {
    const headers = { cookie, 'X-Forwarded-Proto': isSecure ? 'https' : 'http' }
    return ((await (await fetch(url, { headers })).json()) as { label: string | null }).label
  }
  /** Which session a bare request opens. */
  const bare = async (cookie: string, request: Partial<RequestWithCookie> = {}, options?: BareRequestOptions) =>
    (await manager.fromRequest({ ...request, headers: { cookie } }, options))?.label ?? null
  return { koa, bare, manager }
}

describe('a bare request', () => {
  const cookies = [
    `sid=${id}`,
    `__Host-sid=${id}`,
    `__Secure-sid=${id}`,
    `__Host-sid=${id}; sid=${other}`,
    `sid=${other}; __Host-sid=${id}`,
    `sid=${id}; sid=${other}`,
    `sid="${id}"; __Host-sid="${other}"`,
    `sid="${id}; __Host-sid="${other}`,
    `sid=%78${id.slice(1)}; __Host-sid=%78${id.slice(1)}`,
    `sid=%22${id}%22; __Host-sid=%22${id}%22`,
    `sid=; sid=${id}; __Host-sid=""; __Host-sid=${id}`,
    `sid='${id}'`,
    `theirs="a; sid=${id}; __Host-sid=${other}"`,
    `sid=${id} ; __Host-sid=${id} `,
    `sid =${id}; __Host-sid = ${id}`,
    `\tsid=${id};\t__Host-sid=${id}`,
    `xsid=${other}; sidx=${other}; SID=${other}; sid=${id}`,
    `sid; sid=${id}; __Host-sid; __Host-sid=${id}`,
    `sid==${id}; __Host-sid=${id}=`,
    `sid=${id}, sid=${other}`,
    `sid=${id}.sig; __Host-sid=s%3A${id}`,
  ]
  const secure = [true, false, 'auto'] as const
  const prefixes = [true, false]
  for (const options of secure.flatMap((secure) => prefixes.map((prefix) => ({ secure, prefix })))) {
    it(`opens what a request to Koa opens, where it is told of HTTPS: ${JSON.stringify(options)}`, async () => {
      const { koa, bare } = await site({ cookie: options })
      for (const cookie of cookies) {
        for (const secure of [true, false]) {
          expect(await bare(cookie, {}, { secure }), cookie).to.equal(await koa(cookie, secure))
        }
      }
    })
  }

  it('that came by TLS opens nothing by a cookie that another host of the domain can set', async () => {
    const { bare } = await site()
    expect(await bare(`sid=${id}`, https)).to.equal(null)
    expect(await bare(`__Host-sid=${id}; sid=${other}`, https)).to.equal(id)
    expect(await bare(`sid=${id}`, https, { secure: false })).to.equal(id)
  })

  it('of which is not known whether a proxy had it by TLS may have either cookie, and that with the prefix counts', async () => {
    const { bare } = await site()
    for (const request of [{}, plain]) {
      expect(await bare(`sid=${id}`, request)).to.equal(id)
      expect(await bare(`sid=${other}; __Host-sid=${id}`, request)).to.equal(id)
      expect(await bare(`sid=${other}; __Host-sid=`, request)).to.equal(null)
    }
  })

  it('may have several headers, as HTTP/2 has', async () => {
    const { manager } = await site()
    for (const cookie of [['theirs=1', `sid=${id}`], [`theirs=1; sid=${id}`]]) {
      expect((await manager.fromRequest({ headers: { cookie } }))?.label).to.equal(id)
    }
    expect(await manager.fromRequest({ headers: { cookie: [] } })).to.equal(undefined)
  })

  it('is read as the option cookie.secure says', async () => {
    const both = `sid=${other}; __Host-sid=${id}`
    expect(await (await site({ cookie: { secure: true } })).bare(both, plain)).to.equal(id)
    expect(await (await site({ cookie: { secure: true } })).bare(`sid=${id}`, plain)).to.equal(null)
    expect(await (await site({ cookie: { secure: false } })).bare(both, https)).to.equal(other)
  })

  it('cannot be secure in another sense than true or false', async () => {
    const { bare } = await site()
    await expectError('OPTION_INVALID', () => bare(`sid=${id}`, {}, { secure: 'https' as never }))
  })
})
