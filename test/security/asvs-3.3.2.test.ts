import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import { memory } from '../koa/support/site.js'
import { expectError } from '../support/errors.js'
import { bothOrms, onEach } from './support/site.js'

describe('ASVS 3.3.2: the cookie has the attribute SameSite', () => {
  onEach(bothOrms, (start) => {
    it('the cookie of a session is SameSite=Lax unless the app says otherwise', async () => {
      const browser = (await start()).browser()
      await browser.json('/login')
      expect(browser.attributes).to.include('samesite=lax')
      const strict = (await start({}, { cookie: { sameSite: 'strict' } })).browser()
      await strict.json('/login')
      expect(strict.attributes).to.include('samesite=strict')
    })
  })

  it("sameSite: 'none' is refused for a cookie that is not Secure", async () => {
    const cookie = { sameSite: 'none', secure: false } as const
    await expectError('OPTION_INVALID', () => new SessionManager({ backend: memory(), cleanup: false, cookie }))
  })
})
