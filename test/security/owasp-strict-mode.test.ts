import { hash } from 'node:crypto'
import { expect } from 'chai'
import { everyDatabase, onEach } from './support/site.js'

/** Every text that a dump holds, and the texts in them. */
function textsIn(dump: readonly Record<string, unknown>[]): string[] {
  const texts = dump.flatMap((row) => Object.values(row)).map(String)
  return [...texts, ...texts.flatMap((text) => text.match(/[\w-]{22,86}/g) ?? [])]
}

describe('OWASP, strict mode: the server takes only ids that it has given', () => {
  onEach(everyDatabase, (start) => {
    it('an id that a client made up is not adopted when a session begins', async () => {
      const { browser } = await start()
      const planted = 'A'.repeat(43)
      const visitor = browser()
      visitor.id = planted
      await visitor.json('/visit')
      expect(visitor.id).not.to.equal(planted)
      const attacker = browser()
      attacker.id = planted
      expect(await attacker.json('/me'))
        .to.include({ isNew: true })
        .and.not.to.have.property('cart')
    })

    it('an id that has ended is not adopted again', async () => {
      const { browser, manager } = await start()
      const visitor = browser()
      await visitor.json('/login?user=1')
      const old = visitor.copy()
      await manager.revoke({ userId: 1 })
      await visitor.json('/visit')
      expect(visitor.id).not.to.equal(old.id)
      expect(await old.json('/me'))
        .to.include({ isNew: true })
        .and.not.to.have.property('cart')
    })

    it('a dump of the database gives no usable cookie', async () => {
      const { browser, opened } = await start({}, { limit: { by: 'userId', max: 5 } })
      const visitor = browser()
      await visitor.json('/visit')
      await visitor.json('/login')
      const dump = await opened.dump()
      expect(dump).to.have.length(3)
      expect(JSON.stringify(dump)).not.to.contain(visitor.id)
      const candidates = textsIn(dump)
      expect(candidates).to.include(hash('sha256', visitor.id))
      for (const id of candidates) {
        const thief = browser()
        thief.id = encodeURIComponent(id)
        expect(await thief.json('/me')).to.include({ userId: null, isNew: true })
      }
    })
  })
})
