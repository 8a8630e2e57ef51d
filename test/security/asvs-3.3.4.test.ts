import { expect } from 'chai'
import { bothOrms, onEach } from './support/site.js'

describe('ASVS 3.3.4: the cookie has the attribute HttpOnly', () => {
  onEach(bothOrms, (start) => {
    it('scripts see no cookie of a session, and no answer has its id elsewhere', async () => {
      const browser = (await start()).browser()
      const response = await browser.get('/login')
      expect(browser.attributes).to.include('httponly')
      const headers = [...response.headers].filter(([name]) => name !== 'set-cookie')
      expect(JSON.stringify(headers) + (await response.text())).not.to.contain(browser.id)
      const page = await browser.get('/me')
      expect(JSON.stringify([...page.headers]) + (await page.text())).not.to.contain(browser.id)
      await browser.json('/logout')
      expect(browser.attributes).to.include('httponly')
    })
  })
})
