import { expect } from 'chai'
import { https } from './support/browser.js'
import { bothOrms, onEach } from './support/site.js'

describe('ASVS 14.2.1: the id is never in a URL', () => {
  onEach(bothOrms, (start) => {
    it('an id in the query, the path, a header or a body opens nothing, and costs no statement', async () => {
      const { browser, takeStatements } = await start()
      const visitor = browser()
      await visitor.json('/login')
      const { id } = visitor
      takeStatements()
      const stranger = browser()
      for (const path of [`/me?sid=${id}`, `/me?__Host-sid=${id}`, `/me?session=${id}`]) {
        expect(await stranger.json(path)).to.include({ userId: null, isNew: true })
      }
      const headers = { ...https, Authorization: `Bearer ${id}`, 'X-Session-Id': id, sid: id }
      expect(await stranger.json('/me', headers)).to.include({ userId: null })
      expect(await (await stranger.post('/me', { sid: id })).json()).to.include({ userId: null })
      expect(takeStatements()).to.deep.equal([])
    })

    it('a redirect after the login has no id in its Location', async () => {
      const { browser } = await start({
        '/login-and-go': async (ctx) => {
          await ctx.session.regenerate()
          ctx.session.userId = 1
          ctx.redirect('/me?next=1')
        },
      })
      const visitor = browser()
      const response = await visitor.get('/login-and-go')
      expect(response.status).to.equal(302)
      expect(response.headers.get('location')).to.equal('/me?next=1')
      expect(await visitor.json('/me')).to.include({ userId: 1 })
    })
  })
})
