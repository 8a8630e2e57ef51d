import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import { latch } from '../koa/support/latch.js'
import { memory } from '../koa/support/site.js'
import { everyDatabase, onEach } from './support/site.js'

describe('ASVS 14.2.7: outdated data is deleted on a schedule', () => {
  onEach(everyDatabase, (start) => {
    it('the clean-up runs by itself, and removes what has expired and nothing else', async () => {
      const { browser, manager, clock, opened } = await start({}, { cleanup: { interval: 5 } })
      const swept = latch<number>()
      manager.on('expired', ({ count, session }) => {
        if (session === null) swept.open(count)
      })
      const [old, fresh] = [browser(), browser()]
      await old.json('/login?user=1')
      clock.pass(13 * 86_400)
      await fresh.json('/login?user=2')
      clock.pass(2 * 86_400)
      expect(await swept.promise).to.equal(1)
      expect((await opened.dump()).map(({ label }) => label)).to.deep.equal(['user 2'])
      expect(await fresh.json('/me')).to.include({ userId: 2 })
    })

    it('what is left of a replaced id is removed too', async () => {
      const { browser, manager, clock, opened } = await start()
      const visitor = browser()
      await visitor.json('/visit')
      await visitor.json('/login')
      expect(await opened.dump()).to.have.length(2)
      clock.pass(60) // grace and 45 seconds more: until then requests that are under way may need it
      expect(await manager.deleteExpired()).to.equal(1)
      expect(await opened.dump()).to.have.length(1)
    })
  })

  it('the clean-up is on unless the app turns it off, every quarter of an hour', () => {
    const manager = new SessionManager({ backend: memory() })
    expect(manager.options.cleanup).to.deep.equal({ interval: 900_000, batch: 200 })
    manager.close()
  })
})
