import { expect } from 'chai'
import { bothOrms, onEach } from './support/site.js'

const logoutThatFails = {
  '/logout-fail': async (ctx: { session: { destroy(): Promise<void> }; throw(status: number): never }) => {
    await ctx.session.destroy()
    ctx.throw(418)
  },
}

describe('ASVS 14.3.1: at a logout the browser is told to remove what it has', () => {
  onEach(bothOrms, (start) => {
    it('a logout clears the cookie, also when the answer is an error', async () => {
      for (const path of ['/logout', '/logout-fail']) {
        const visitor = (await start(logoutThatFails)).browser()
        await visitor.json('/login')
        await (await visitor.get(path)).text()
        expect(visitor.lines[0]).to.match(/^__Host-sid=; path=\/; expires=Thu, 01 Jan 1970/)
      }
    })

    it('with clearSiteData a logout sends Clear-Site-Data, also when the answer is an error', async () => {
      for (const path of ['/logout', '/logout-fail']) {
        const visitor = (await start(logoutThatFails, { clearSiteData: true })).browser()
        await visitor.json('/login')
        const response = await visitor.get(path)
        expect(response.headers.get('clear-site-data')).to.equal('"cache", "storage"')
      }
    })
  })
})
