import { expect } from 'chai'
import { latch } from '../koa/support/latch.js'
import { everyDatabase, onEach } from './support/site.js'

describe('ASVS 7.4.1: after a logout or the expiry the id is dead in the database', () => {
  onEach(everyDatabase, (start) => {
    it('a logout removes the row before its answer leaves, and the id opens nothing on any server', async () => {
      const { browser, opened, manager } = await start()
      const visitor = browser()
      await visitor.json('/login')
      const thief = visitor.copy()
      const { id } = visitor
      await visitor.json('/logout')
      expect(await opened.row(manager.rowId(id))).to.equal(null)
      expect(await thief.json('/me')).to.include({ userId: null, isNew: true })
    })

    it('a slower request does not bring a session back that was ended meanwhile', async () => {
      const [arrived, ended] = [latch(), latch()]
      const { browser, opened } = await start({
        '/slow': async (ctx) => {
          ctx.session.cart = ['late']
          arrived.open()
          await ended.promise
        },
      })
      const visitor = browser()
      await visitor.json('/login')
      const slow = visitor.copy()
      const answer = slow.json('/slow')
      await arrived.promise
      await visitor.json('/logout')
      ended.open()
      await answer
      expect(await opened.count('active')).to.equal(0)
      expect(await slow.json('/me')).to.include({ userId: null, isNew: true })
    })

    it('nothing that a browser does brings an expired session back', async () => {
      const { browser, clock, opened } = await start()
      const visitor = browser()
      await visitor.json('/login')
      const { id } = visitor
      clock.pass(14 * 86_400)
      for (const path of ['/me', '/visit', '/login?user=2']) {
        const late = browser()
        late.id = id
        await late.json(path)
        expect((await opened.dump()).filter((row) => row.userId === 1)).to.have.length(1)
        expect(late.id === id || late.lines.length > 0).to.equal(true)
      }
      const late = browser()
      late.id = id
      expect(await late.json('/me')).to.include({ userId: null, isNew: true })
    })
  })
})
