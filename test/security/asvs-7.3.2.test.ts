import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { openSession } from '../support/open-session.js'
import { everyDatabase, onEach } from './support/site.js'

const hour = 3600

describe('ASVS 7.3.2: a session ends, however much it is used', () => {
  onEach(everyDatabase, (start) => {
    it('constant use does not carry a session over absoluteTimeout', async () => {
      const { browser, clock } = await start({}, { absoluteTimeout: '12h', maxAge: '2h' })
      const visitor = browser()
      await visitor.json('/login')
      for (let n = 1; n < 12; n++) {
        clock.pass(hour)
        expect(await visitor.json('/me')).to.include({ userId: 1 })
      }
      clock.pass(hour)
      expect(await visitor.json('/me')).to.include({ userId: null, isNew: true })
    })

    it('a new id does not make a session younger', async () => {
      const { browser, clock } = await start({}, { absoluteTimeout: '12h' })
      const visitor = browser()
      await visitor.json('/login')
      clock.pass(11 * hour)
      await visitor.json('/login')
      clock.pass(hour)
      expect(await visitor.json('/me')).to.include({ userId: null })
    })

    it('a shorter absoluteTimeout counts at once for sessions that are stored already', async () => {
      const { browser, clock, opened, manager } = await start()
      const visitor = browser()
      await visitor.json('/login')
      clock.pass(13 * hour)
      const strict = new SessionManager<TestColumns>({ model: opened.model, absoluteTimeout: '12h', cleanup: false })
      expect((await openSession(strict, visitor.id)).isNew).to.equal(true)
      expect((await openSession(manager, visitor.id)).isNew).to.equal(false)
    })
  })
})
