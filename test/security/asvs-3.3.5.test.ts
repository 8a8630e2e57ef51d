import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import { memory } from '../koa/support/site.js'
import { expectError } from '../support/errors.js'
import { bothOrms, onEach } from './support/site.js'

describe('ASVS 3.3.5: name and value of the cookie have at most 4096 bytes', () => {
  onEach(bothOrms, (start) => {
    it('the whole line of the cookie has at most 4096 bytes, however much the session holds', async () => {
      const store = {
        '/store': ({ session }: { session: object }) => Object.assign(session, { text: 'x'.repeat(9000) }),
      }
      const usual = (await start(store)).browser()
      await usual.json('/store')
      expect(usual.lines[0]?.length).to.be.greaterThan(43).and.lessThan(300)
      const longest = (await start(store, { idBytes: 64, key: 'k'.repeat(255) })).browser()
      await longest.json('/store')
      expect(longest.lines[0]?.length)
        .to.be.greaterThan(86 + 255)
        .and.lessThan(4096)
    })
  })

  it('a cookie that may be longer than 4096 bytes is refused when the app starts', async () => {
    const cookie = { path: `/${'x'.repeat(4000)}` }
    await expectError('OPTION_INVALID', () => new SessionManager({ backend: memory(), cleanup: false, cookie }))
    await expectError('OPTION_INVALID', () => new SessionManager({ backend: memory(), key: 'k'.repeat(4000) }))
  })
})
