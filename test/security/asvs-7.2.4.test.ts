import { expect } from 'chai'
import { bothOrms, onEach } from './support/site.js'

describe('ASVS 7.2.4: authentication gives a new token, and the old one is dead', () => {
  onEach(bothOrms, (start) => {
    it('regenerate() at the login gives a new id, and keeps what the visitor had', async () => {
      const visitor = (await start()).browser()
      await visitor.json('/visit')
      const { id } = visitor
      await visitor.json('/login')
      expect(visitor.id).not.to.equal(id)
      expect(await visitor.json('/me'))
        .to.include({ userId: 1 })
        .and.to.have.property('cart')
        .eql(['book'])
    })

    it('who knew the id from before the login sees nothing of the login, not even within the grace', async () => {
      const { browser, clock } = await start()
      const visitor = browser()
      await visitor.json('/visit')
      const attacker = visitor.copy()
      await visitor.json('/login')
      const seen = await attacker.json('/me')
      expect(seen).to.include({ userId: null }).and.not.to.have.property('secret')
      expect(attacker.lines).to.deep.equal([])
      clock.pass(10)
      expect(await attacker.json('/me'))
        .to.include({ userId: null, isNew: true })
        .and.not.to.have.property('cart')
    })

    it('with grace: 0 the old id is dead at once', async () => {
      const visitor = (await start({}, { grace: 0 })).browser()
      await visitor.json('/visit')
      const attacker = visitor.copy()
      await visitor.json('/login')
      expect(await attacker.json('/me'))
        .to.include({ isNew: true })
        .and.not.to.have.property('cart')
    })

    it('regenerate({ grace: 0 }) at a change of rights leaves the old id no rights', async () => {
      const visitor = (await start()).browser()
      await visitor.json('/login')
      const old = visitor.copy()
      await visitor.json('/demote')
      expect(await old.json('/me')).to.include({ userId: null, isNew: true })
      expect(await visitor.json('/me')).to.include({ userId: 1, isNew: false })
    })

    it('a second login, of one who is logged in already, gives a new id too', async () => {
      const { browser, clock } = await start()
      const visitor = browser()
      await visitor.json('/login?user=1')
      const old = visitor.copy()
      await visitor.json('/login?user=2')
      clock.pass(10)
      expect(await old.json('/me')).to.include({ userId: null, isNew: true })
      expect(await visitor.json('/me')).to.include({ userId: 2 })
    })
  })
})
