import { expect } from 'chai'
import { bothOrms, onEach } from './support/site.js'

describe('ASVS 7.2.2: each session has a token that was generated for it', () => {
  onEach(bothOrms, (start) => {
    it('no two sessions have one id, also of one browser and one user', async () => {
      const { browser } = await start()
      const ids = new Set<string>()
      const visitor = browser()
      for (let n = 0; n < 20; n++) {
        await visitor.json('/visit')
        ids.add(visitor.id)
        await visitor.json('/login')
        ids.add(visitor.id)
        await visitor.json('/logout')
      }
      expect(ids).to.have.property('size', 40)
    })

    it('a session that begins after another one has ended has another id', async () => {
      const { browser } = await start({
        '/again': async (ctx) => {
          await ctx.session.destroy()
          ctx.session.userId = 2
        },
      })
      const visitor = browser()
      await visitor.json('/login')
      const old = visitor.copy()
      await visitor.json('/again')
      expect(visitor.id).not.to.equal(old.id)
      expect(await visitor.json('/me')).to.include({ userId: 2 })
      expect(await old.json('/me')).to.include({ userId: null })
    })
  })
})
