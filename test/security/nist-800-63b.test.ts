import { expect } from 'chai'
import { bothOrms, type Handlers, onEach } from './support/site.js'

const handlers: Handlers = {
  '/remember': async (ctx) => {
    await ctx.session.regenerate()
    ctx.session.userId = 1
    ctx.session.maxAge = '30d'
  },
}

const lasting = (attributes: readonly string[]): string[] =>
  attributes.filter((attribute) => /^(expires|max-age)=/.test(attribute))

describe('NIST 800-63B: the expiry of the cookie is not relied on, and a cookie may end with the browser', () => {
  onEach(bothOrms, (start) => {
    it('a browser that ignores the expiry of its cookie is refused all the same', async () => {
      const { browser, clock } = await start({}, { maxAge: '30m' })
      const visitor = browser()
      await visitor.json('/login')
      expect(lasting(visitor.attributes)).to.have.length(1)
      clock.pass(1800)
      expect(await visitor.json('/me')).to.include({ userId: null, isNew: true })
    })

    it('with persistent: false the cookie ends with the browser, unless a session has its own maxAge', async () => {
      const { browser } = await start(handlers, { cookie: { persistent: false } })
      const visitor = browser()
      await visitor.json('/login')
      expect(lasting(visitor.attributes)).to.deep.equal([])
      await visitor.json('/remember')
      expect(lasting(visitor.attributes)).to.have.length(1)
    })
  })
})
