import { expect } from 'chai'
import { bothOrms, onEach } from './support/site.js'

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

    it('a client cannot pretend HTTPS where the app trusts no proxy', async () => {
      const browser = (await start({}, { proxy: false })).browser()
      await browser.json('/login')
      expect(browser.lines[0]).to.match(/^sid=/)
      expect(browser.attributes).not.to.include('secure')
    })
  })
})
