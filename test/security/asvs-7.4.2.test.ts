import { expect } from 'chai'
import { loggedIn } from './support/logged-in.js'
import { everyDatabase, onEach } from './support/site.js'

describe('ASVS 7.4.2: when an account is disabled or deleted, its sessions end', () => {
  onEach(everyDatabase, (start) => {
    it('revoke() ends all sessions of a user, and of nobody else', async () => {
      const site = await start()
      const { phone, laptop, other } = await loggedIn(site)
      expect(await site.manager.revoke({ userId: 1 })).to.equal(2)
      for (const own of [phone, laptop]) expect(await own.json('/me')).to.include({ userId: null, isNew: true })
      expect(await other.json('/me')).to.include({ userId: 2 })
    })

    it('a statement of your own ends them as well, with no cache that knows better', async () => {
      const site = await start()
      const { phone, other } = await loggedIn(site)
      await site.opened.execute("DELETE FROM ? WHERE label = 'user 1'")
      expect(await phone.json('/me')).to.include({ userId: null, isNew: true })
      expect(await other.json('/me')).to.include({ userId: 2 })
    })
  })
})
