import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import { memory } from '../koa/support/site.js'
import { expectError } from '../support/errors.js'
import { everyDatabase, onEach } from './support/site.js'

describe('OWASP: renewal of an id, with a safety interval for the old one', () => {
  onEach(everyDatabase, (start) => {
    it('for ten seconds requests with the old id reach the session as it was, and then no more', async () => {
      const { browser, clock } = await start()
      const visitor = browser()
      await visitor.json('/visit')
      const parallel = visitor.copy()
      await visitor.json('/login')
      clock.pass(9.999)
      const seen = await parallel.json('/me')
      expect(seen).to.include({ userId: null, isNew: false }).and.to.have.property('cart').eql(['book'])
      expect(parallel.lines).to.deep.equal([])
      clock.pass(0.001)
      expect(await parallel.json('/me'))
        .to.include({ isNew: true })
        .and.not.to.have.property('cart')
    })

    it('within the safety interval the old id ends with its session', async () => {
      const { browser, manager } = await start()
      const visitor = browser()
      await visitor.json('/visit')
      const parallel = visitor.copy()
      await visitor.json('/login')
      await manager.revoke({ userId: 1 })
      expect(await parallel.json('/me'))
        .to.include({ isNew: true })
        .and.not.to.have.property('cart')
    })
  })

  it('a safety interval of more than ten minutes is refused when the app starts', async () => {
    const backend = memory()
    expect(new SessionManager({ backend, cleanup: false, grace: '10m' }).options.grace).to.equal(600_000)
    await expectError('OPTION_INVALID', () => new SessionManager({ backend, cleanup: false, grace: 600_001 }))
  })
})
