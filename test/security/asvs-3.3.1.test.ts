import { expect } from 'chai'
import { warned } from '../support/warned.js'
import { bothOrms, onEach } from './support/site.js'

const warningsDuring = (act: () => Promise<void>): Promise<Error[]> => warned('KOA_SESSION_MODEL_INSECURE', act)

describe('ASVS 3.3.1: the cookie has the attribute Secure', () => {
  onEach(bothOrms, (start) => {
    it('the cookie of a session is Secure over HTTPS, when it is set and when it is cleared', async () => {
      const browser = (await start()).browser()
      await browser.json('/login')
      expect(browser.attributes).to.include('secure')
      await browser.json('/logout')
      expect(browser.attributes).to.include('secure')
    })

    it('secure: true makes the cookie Secure also where Koa sees no HTTPS', async () => {
      const browser = (await start({}, { cookie: { secure: true } })).browser()
      await browser.json('/login', {})
      expect(browser.attributes).to.include('secure')
    })

    it('where the app trusts no proxy a client cannot pretend HTTPS, and the app is warned, once', async () => {
      const warnings = await warningsDuring(async () => {
        const browser = (await start({}, { proxy: false })).browser()
        for (const path of ['/login', '/logout', '/login']) await browser.json(path)
        expect(browser.lines[0]).to.match(/^sid=/)
        expect(browser.attributes).not.to.include('secure')
      })
      expect(warnings).to.have.length(1)
      expect(warnings[0]?.message).to.contain('app.proxy')
    })

    it('where nobody says that there is HTTPS, or the app wants a cookie without Secure, there is no warning', async () => {
      const warnings = await warningsDuring(async () => {
        await (await start({}, { proxy: false })).browser().json('/login', {})
        await (await start({}, { proxy: false, cookie: { secure: false } })).browser().json('/login')
        await (await start()).browser().json('/login')
      })
      expect(warnings).to.deep.equal([])
    })
  })
})
