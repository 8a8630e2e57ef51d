import { expect } from 'chai'
import { loggedIn } from './support/logged-in.js'
import { bodyOf, everyDatabase, type Handlers, onEach } from './support/site.js'

const handlers: Handlers = {
  '/sessions': async (ctx, manager) => {
    const { userId } = ctx.session
    const sessions = await manager.list({ userId })
    const own = manager.rowId(ctx.session.id)
    ctx.body = { sessions: sessions.map(({ id, properties: { label } }) => ({ id, label, isThis: id === own })) }
  },
  '/end': async (ctx, manager) => {
    const { id } = await bodyOf(ctx)
    ctx.body = { ended: await manager.revoke({ id: id as string, userId: ctx.session.userId }) }
  },
}

type Listed = { id: string; label: string; isThis: boolean }

describe('ASVS 7.5.2: a user can see and end his own sessions', () => {
  onEach(everyDatabase, (start) => {
    it('a user sees all his living sessions, and those of nobody else', async () => {
      const site = await start(handlers)
      const { phone } = await loggedIn(site)
      const sessions = (await phone.json('/sessions')).sessions as Listed[]
      expect(sessions.map(({ label }) => label)).to.deep.equal(['user 1', 'user 1'])
      expect(sessions.filter(({ isThis }) => isThis)).to.have.length(1)
    })

    it('a user ends one of his sessions by what the list shows, and no session of another user', async () => {
      const site = await start(handlers)
      const { phone, laptop, other } = await loggedIn(site)
      const sessions = (await phone.json('/sessions')).sessions as Listed[]
      const { id } = sessions.find(({ isThis }) => !isThis) as Listed
      expect(await (await other.post('/end', { id })).json()).to.deep.equal({ ended: 0 })
      expect(await laptop.json('/me')).to.include({ userId: 1 })
      expect(await (await phone.post('/end', { id })).json()).to.deep.equal({ ended: 1 })
      expect(await laptop.json('/me')).to.include({ userId: null })
      expect(await phone.json('/me')).to.include({ userId: 1 })
    })

    it('what the list shows as an id is no cookie', async () => {
      const site = await start(handlers)
      const { phone } = await loggedIn(site)
      for (const { id } of (await phone.json('/sessions')).sessions as Listed[]) {
        const thief = site.browser()
        thief.id = id
        expect(await thief.json('/me')).to.include({ userId: null, isNew: true })
      }
    })
  })
})
