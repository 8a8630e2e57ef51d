import { expect } from 'chai'
import { everyDatabase, type Handlers, onEach } from './support/site.js'

const handlers: Handlers = {
  '/transfer': (ctx, manager) => {
    const { authenticatedAt } = ctx.session
    const age = manager.options.now() - (authenticatedAt?.getTime() ?? 0)
    ctx.body = { at: authenticatedAt, mayTransfer: age < 5 * 60_000 }
  },
}

describe('ASVS 7.5.1, 7.5.3: when a session authenticated is known, for re-authentication', () => {
  onEach(everyDatabase, (start) => {
    it('authenticatedAt is when regenerate() was called last, and null before', async () => {
      const { browser, clock } = await start(handlers)
      const visitor = browser()
      await visitor.json('/visit')
      expect(await visitor.json('/transfer')).to.deep.equal({ at: null, mayTransfer: false })
      clock.pass(60)
      await visitor.json('/login')
      const at = new Date(clock.now()).toISOString()
      expect(await visitor.json('/transfer')).to.deep.equal({ at, mayTransfer: true })
    })

    it('use of the session, a renewal and a change do not move authenticatedAt', async () => {
      const { browser, clock } = await start(handlers)
      const visitor = browser()
      await visitor.json('/login')
      const at = new Date(clock.now()).toISOString()
      clock.pass(3 * 86_400)
      await visitor.json('/visit')
      await visitor.json('/me')
      expect(await visitor.json('/transfer')).to.deep.equal({ at, mayTransfer: false })
      await visitor.json('/login')
      expect(await visitor.json('/transfer')).to.include({ mayTransfer: true })
    })
  })

  onEach(everyDatabase, (start) => {
    it('a session cannot claim to have authenticated: authenticatedAt cannot be assigned', async () => {
      const visitor = (
        await start({
          ...handlers,
          '/claim': (ctx) => Object.assign(ctx.session, { authenticatedAt: new Date() }),
          '/claim-data': (ctx) => Object.assign(ctx.session, { $session: { authenticatedAt: Date.now() } }),
        })
      ).browser()
      expect(await visitor.status('/claim')).to.equal(500)
      await visitor.json('/claim-data')
      expect(await visitor.json('/transfer')).to.include({ at: null })
    })
  })
})
