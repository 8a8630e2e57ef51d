import { expect } from 'chai'
import { everyDatabase, onEach, type Site } from './support/site.js'

async function login(site: Site, user: number) {
  const browser = site.browser()
  const status = await browser.status(`/login?user=${user}`)
  site.clock.pass(1)
  return { browser, status }
}

describe('ASVS 7.1.2: the number of concurrent sessions can be limited', () => {
  onEach(everyDatabase, (start) => {
    it('one login too many ends the session that logged in first, and no other', async () => {
      const site = await start({}, { limit: { by: 'userId', max: 2 } })
      const [first, other] = [await login(site, 1), await login(site, 2)]
      const [second, third] = [await login(site, 1), await login(site, 1)]
      expect(await first.browser.json('/me')).to.include({ userId: null })
      for (const { browser } of [second, third]) expect(await browser.json('/me')).to.include({ userId: 1 })
      expect(await other.browser.json('/me')).to.include({ userId: 2 })
    })

    it('with refuse one login too many gets status 403, and no cookie', async () => {
      const site = await start({}, { limit: { by: 'userId', max: 1, onExceed: 'refuse' } })
      const first = await login(site, 1)
      const second = await login(site, 1)
      expect(second.status).to.equal(403)
      expect(second.browser.lines).to.deep.equal([])
      expect(await first.browser.json('/me')).to.include({ userId: 1 })
      expect(await site.manager.list({ userId: 1 })).to.have.length(1)
    })
  })
})
