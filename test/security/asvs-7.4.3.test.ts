import { expect } from 'chai'
import { loggedIn } from './support/logged-in.js'
import { everyDatabase, type Handlers, onEach } from './support/site.js'

const handlers: Handlers = {
  '/change-password': async (ctx, manager) => {
    const { userId } = ctx.session
    await ctx.session.regenerate()
    ctx.body = { ended: await manager.revoke({ userId }, { except: ctx.session }) }
  },
}

describe('ASVS 7.4.3: after a change of credentials all other sessions of the user can be ended', () => {
  onEach(everyDatabase, (start) => {
    it('revoke() with except ends all sessions of the user but the one that asks', async () => {
      const site = await start(handlers)
      const { phone, laptop, other } = await loggedIn(site)
      expect(await phone.json('/change-password')).to.deep.equal({ ended: 1 })
      expect(await phone.json('/me')).to.include({ userId: 1, secret: 'of the user' })
      expect(await laptop.json('/me')).to.include({ userId: null, isNew: true })
      expect(await other.json('/me')).to.include({ userId: 2 })
    })
  })
})
