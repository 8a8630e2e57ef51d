import { expect } from 'chai'
import fc from 'fast-check'
import { serve } from '../koa/support/serve.js'
import { cookieHeaders } from './support/cookie-headers.js'
import { FuzzedSite } from './support/fuzzed-site.js'
import { send } from './support/raw.js'
import { holds, isLong, sizeOf } from './support/sizes.js'
import { Tally } from './support/tally.js'

/** A line break ends the header, and what follows would be another one. */
const lineBreaks = /[\r\n]/g
const encodings = fc.constantFrom('latin1' as const, 'utf8' as const)
const path = fc.constantFrom('/', '/', '/', '/w')

describe('any cookie header, sent to a server', function () {
  if (isLong) this.timeout(0)

  it('is answered, or refused by Node.js before the app', async () => {
    const tally = new Tally('Cookie headers sent to a server')
    const { site, ids } = await FuzzedSite.start()
    const port = Number(new URL(await serve(site.app)).port)
    const property = fc.asyncProperty(cookieHeaders(ids), encodings, path, async (header, encoding, path) => {
      const { status, cookies } = await send(port, path, Buffer.from(header.replace(lineBreaks, ' '), encoding))
      tally.count('tried')
      tally.count(`status ${status}`)
      expect(status).to.be.oneOf([200, 400, 431])
      if (status === 200) tally.count(await site.check(ids, cookies))
      else expect(site.backend.takeCalls()).to.deep.equal([])
    })
    await holds(property, sizeOf('requests'))
    tally.close('opened', 'new, malformed', 'new, unknown', 'new, no cookie of ours', 'status 400')
  })
})
