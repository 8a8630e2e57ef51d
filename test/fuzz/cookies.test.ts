import { expect } from 'chai'
import fc from 'fast-check'
import { cookieHeaders } from './support/cookie-headers.js'
import { ask } from './support/direct.js'
import { FuzzedSite } from './support/fuzzed-site.js'
import { holds, isLong, sizeOf } from './support/sizes.js'
import { Tally } from './support/tally.js'

const path = fc.constantFrom('/', '/', '/', '/w')

describe('any cookie header', function () {
  if (isLong) this.timeout(0)

  it('throws nothing, adopts no id, and costs no query unless it holds what could be an id', async () => {
    const tally = new Tally('Cookie headers given to the handler')
    const { site, ids } = await FuzzedSite.start()
    const handle = site.app.callback()
    const property = fc.asyncProperty(cookieHeaders(ids), path, async (header, path) => {
      const { status, cookies } = await ask(handle, path, header)
      expect(status).to.equal(200)
      tally.count(await site.check(ids, cookies))
      tally.count('tried')
    })
    await holds(property, sizeOf('headers'))
    tally.close('opened', 'new, malformed', 'new, unknown', 'new, no cookie of ours')
  })

  it('is the same for a bare request', async () => {
    const tally = new Tally('Cookie headers of bare requests')
    const { site, ids } = await FuzzedSite.start()
    const property = fc.asyncProperty(cookieHeaders(ids), async (cookie) => {
      const session = await site.manager.fromRequest({ headers: { cookie } })
      const calls = site.backend.takeCalls()
      expect(calls.length).to.be.lessThanOrEqual(/[A-Za-z0-9_-]{22}/.test(cookie) ? 2 : 0)
      if (session) {
        expect(cookie).to.contain(ids.valid)
        expect(session.secret).to.equal('of the session')
      }
      if (new RegExp(`^sid=${ids.valid}(;|$)`).test(cookie) && !cookie.includes('__Host-'))
        expect(session).to.be.an('object')
      tally.count(session ? 'opened' : `nothing, ${calls.length} queries`)
    })
    await holds(property, sizeOf('headers'))
    tally.close('opened', 'nothing, 0 queries', 'nothing, 2 queries')
  })

  it('opens the session of a bare request that it opens in the middleware', async () => {
    const { site, ids } = await FuzzedSite.start()
    const handle = site.app.callback()
    const property = fc.asyncProperty(cookieHeaders(ids), async (cookie) => {
      const session = await site.manager.fromRequest({ headers: { cookie } }, { secure: false })
      site.backend.takeCalls()
      await ask(handle, '/', cookie)
      expect(site.visit?.isNew).to.equal(session === undefined)
      await site.check(ids, [])
    })
    await holds(property, sizeOf('headers'))
  })
})
