import { expect } from 'chai'
import { loggedIn } from './support/logged-in.js'
import { everyDatabase, onEach } from './support/site.js'

describe('ASVS 7.4.5: an administrator can end the sessions of one user, or of all', () => {
  onEach(everyDatabase, (start) => {
    it('a script ends the sessions of one user by his column', async () => {
      const site = await start()
      const { phone, laptop, other } = await loggedIn(site)
      expect(await site.manager.revoke({ label: 'user 2' })).to.equal(1)
      expect(await other.json('/me')).to.include({ userId: null })
      for (const own of [phone, laptop]) expect(await own.json('/me')).to.include({ userId: 1 })
    })

    it('deleteAll() ends the sessions of everyone', async () => {
      const site = await start()
      const { phone, laptop, other } = await loggedIn(site)
      expect(await site.manager.deleteAll()).to.equal(3)
      expect(await site.opened.dump()).to.deep.equal([])
      for (const browser of [phone, laptop, other]) expect(await browser.json('/me')).to.include({ isNew: true })
    })
  })
})
