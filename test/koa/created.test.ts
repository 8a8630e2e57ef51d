import { inspect } from 'node:util'
import { expect } from 'chai'
import { everyDatabase, onEach } from '../security/support/site.js'

const https = { 'X-Forwarded-Proto': 'https' }

describe('a session that a manager has created', () => {
  onEach(everyDatabase, (start) => {
    it('is opened by its cookie, over HTTP and HTTPS, and is in the table with its columns', async () => {
      const { manager, url } = await start()
      const me = async (headers: Record<string, string>) => (await fetch(`${url}/me`, { headers })).json()
      const plain = await manager.create({ userId: 42, cart: ['book'] })
      const secure = await manager.create({ userId: 43 }, { secure: true, authenticated: true, maxAge: '30d' })
      expect(await me({ Cookie: plain.cookie }))
        .to.include({ userId: 42, isNew: false })
        .and.deep.include({ cart: ['book'] })
      expect(await me({ Cookie: secure.cookie, ...https })).to.include({ userId: 43, isNew: false })
      expect(await me({ Cookie: plain.cookie, ...https })).to.include({ isNew: true })
      expect(plain.properties).to.include({ userId: 42, label: null })
      expect((await manager.list({ userId: 42 })).map(({ id }) => id)).to.deep.equal([manager.rowId(plain.id)])
      expect(await manager.revoke({ userId: 42 })).to.equal(1)
      expect(await me({ Cookie: plain.cookie })).to.include({ isNew: true })
    })

    it('shows no id to a log, as created and as listed, nor does its manager', async () => {
      const { manager } = await start()
      const created = await manager.create({ userId: 42, theme: 'dark' })
      const listed = await manager.list({ userId: 42 })
      for (const value of [created, listed, manager]) {
        const text = inspect(value, { depth: 9, showHidden: true })
        expect(text).not.to.contain(created.id).and.not.to.contain(manager.rowId(created.id))
        expect(text).not.to.match(/password/i)
        if (value !== manager) expect(text).to.contain("theme: 'dark'").and.to.contain('userId: 42')
      }
    })
  })
})
