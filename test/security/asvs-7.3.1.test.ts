import { expect } from 'chai'
import { everyDatabase, onEach } from './support/site.js'

const day = 86_400

describe('ASVS 7.3.1: a session that is not used ends', () => {
  onEach(everyDatabase, (start) => {
    it('after 14 days without use the server refuses the id, while the row is still there', async () => {
      const { browser, clock, opened } = await start()
      const visitor = browser()
      await visitor.json('/login')
      clock.pass(14 * day - 1)
      const late = visitor.copy()
      clock.pass(1)
      expect(await opened.count('expired')).to.equal(1)
      expect(await late.json('/me')).to.include({ userId: null, isNew: true })
    })

    it('use moves the end, and the row says so', async () => {
      const { browser, clock, manager } = await start()
      const visitor = browser()
      await visitor.json('/login')
      for (let n = 0; n < 3; n++) {
        clock.pass(10 * day)
        expect(await visitor.json('/me')).to.include({ userId: 1 })
      }
      const [listed] = await manager.list({ userId: 1 })
      expect(listed?.expires.getTime()).to.equal(clock.now() + 14 * day * 1000)
    })

    it('the idle timeout of the option maxAge is held by the server', async () => {
      const { browser, clock } = await start({}, { maxAge: '15m' })
      const visitor = browser()
      await visitor.json('/login')
      clock.pass(899)
      expect(await visitor.json('/me')).to.include({ userId: 1 })
      clock.pass(900)
      expect(await visitor.json('/me')).to.include({ userId: null })
    })
  })
})
