import { expect } from 'chai'
import { everyDatabase, onEach } from './support/site.js'

describe('ASVS 7.2.1: every token is verified by the server', () => {
  onEach(everyDatabase, (start) => {
    it('a cookie opens a session only while the database has its row', async () => {
      const { browser, opened } = await start()
      const visitor = browser()
      await visitor.json('/login')
      expect(await visitor.json('/me')).to.include({ userId: 1 })
      await opened.execute('DELETE FROM ?')
      expect(await visitor.json('/me')).to.include({ userId: null, isNew: true })
    })

    it('an id with one character changed opens nothing', async () => {
      const { browser } = await start()
      const visitor = browser()
      await visitor.json('/login')
      const { id } = visitor
      for (const at of [0, 20, 42]) {
        const forger = browser()
        for (const other of ['A', 'a']) {
          if (id[at] === other) continue
          forger.id = id.slice(0, at) + other + id.slice(at + 1)
          expect(await forger.json('/me')).to.include({ userId: null, isNew: true })
        }
      }
    })

    it('an id in other letters, upper or lower case, opens nothing', async () => {
      const { browser } = await start()
      const visitor = browser()
      await visitor.json('/login')
      for (const id of [visitor.id.toUpperCase(), visitor.id.toLowerCase()]) {
        const forger = browser()
        forger.id = id
        expect(await forger.json('/me')).to.include({ userId: null, isNew: true })
      }
    })

    it('where the server cannot verify, it answers 503, and never with an empty session', async () => {
      const { browser, opened, errors } = await start()
      const visitor = browser()
      await visitor.json('/login')
      await opened.execute('DROP TABLE ?')
      expect(await visitor.status('/me')).to.equal(503)
      expect(visitor.lines).to.deep.equal([])
      expect(errors).to.have.length(1)
    })
  })
})
