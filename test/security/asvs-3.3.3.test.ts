import { expect } from 'chai'
import { https } from './support/browser.js'
import { bothOrms, onEach } from './support/site.js'

describe('ASVS 3.3.3: the name of the cookie begins with __Host-', () => {
  onEach(bothOrms, (start) => {
    it('the name of the cookie begins with __Host- over HTTPS, with Path=/ and without a Domain', async () => {
      const browser = (await start()).browser()
      await browser.json('/login')
      expect(browser.lines).to.have.length(1)
      expect(browser.lines[0]).to.match(/^__Host-sid=/)
      expect(browser.attributes).to.include('path=/')
      expect(browser.attributes.filter((attribute) => attribute.startsWith('domain'))).to.deep.equal([])
    })

    it('a cookie that another host of the domain can set opens nothing over HTTPS', async () => {
      const { browser, takeStatements } = await start()
      const attacker = browser()
      await attacker.json('/login')
      takeStatements()
      const victim = browser()
      const planted = { ...https, Cookie: `sid=${attacker.id}` }
      expect(await victim.json('/me', planted)).to.include({ isNew: true, userId: null })
      expect(takeStatements()).to.deep.equal([])
    })

    it('a cookie with a domain or a path begins with __Secure-, which browsers take', async () => {
      for (const cookie of [{ domain: 'example.org' }, { path: '/app' }]) {
        const browser = (await start({}, { cookie })).browser()
        await browser.json('/login')
        expect(browser.lines[0]).to.match(/^__Secure-sid=/)
      }
    })
  })
})
