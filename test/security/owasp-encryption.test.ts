import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { SessionManager } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { openSession } from '../support/open-session.js'
import { everyDatabase, onEach, type Site } from './support/site.js'

const [oldKey, key] = [randomBytes(32), randomBytes(32)]

/** The text in the column `data` of the session of this user. */
async function dataOf({ opened }: Site, label: string): Promise<string> {
  const row = (await opened.dump()).find((one) => one.label === label)
  return String(row?.data)
}

const write = (data: string, label: string): string => `UPDATE ? SET data = '${data}' WHERE label = '${label}'`

describe('OWASP: sensitive content is encrypted at rest', () => {
  onEach(everyDatabase, (start) => {
    it('with encryptionKeys nobody who reads the database reads the data, also after a new id', async () => {
      const site = await start({}, { encryptionKeys: [key] })
      const visitor = site.browser()
      await visitor.json('/visit')
      await visitor.json('/login')
      expect(JSON.stringify(await site.opened.dump())).not.to.match(/book|of the user/)
      expect(await visitor.json('/me')).to.include({ userId: 1, secret: 'of the user' })
    })

    it('data that is moved to another row, or changed, opens nothing, and the row stays as it is', async () => {
      const site = await start({}, { encryptionKeys: [key] })
      const [victim, thief] = [site.browser(), site.browser()]
      await victim.json('/login?user=1')
      await thief.json('/login?user=2')
      const stolen = await dataOf(site, 'user 1')
      await site.opened.execute(write(stolen, 'user 2'))
      expect(await thief.status('/me')).to.equal(500)
      expect(await thief.status('/visit')).to.equal(500)
      expect(await dataOf(site, 'user 2')).to.equal(stolen)
      const at = stolen.lastIndexOf('}') + 20 // within the ciphertext, after its head
      const changed = stolen.slice(0, at) + (stolen[at] === 'B' ? 'C' : 'B') + stolen.slice(at + 1)
      await site.opened.execute(write(changed, 'user 1'))
      expect(await victim.status('/me')).to.equal(500)
    })

    it('a key that is missing is an error, never an empty session', async () => {
      const site = await start({}, { encryptionKeys: [oldKey] })
      const visitor = site.browser()
      await visitor.json('/login')
      for (const encryptionKeys of [[key], []]) {
        const other = new SessionManager<TestColumns>({ model: site.opened.model, encryptionKeys, cleanup: false })
        const session = await openSession(other, visitor.id)
        expect(() => session.properties.get('secret'))
          .to.throw()
          .with.property('code', 'KEY_UNKNOWN')
      }
    })

    it('old keys go on opening what they closed, and the next write uses the new one', async () => {
      const site = await start({}, { encryptionKeys: [key, oldKey] })
      const old = new SessionManager<TestColumns>({
        model: site.opened.model,
        encryptionKeys: [oldKey],
        cleanup: false,
      })
      const visitor = site.browser()
      visitor.id = 'A'.repeat(43)
      await old.set(visitor.id, { userId: 1, label: 'user 1', secret: 'of the user' })
      const before = await dataOf(site, 'user 1')
      expect(await visitor.json('/me')).to.include({ secret: 'of the user' })
      expect(await dataOf(site, 'user 1')).to.equal(before)
      await visitor.json('/visit')
      const only = new SessionManager<TestColumns>({ model: site.opened.model, encryptionKeys: [key], cleanup: false })
      expect(await only.get(visitor.id)).to.include({ secret: 'of the user' })
    })
  })
})
