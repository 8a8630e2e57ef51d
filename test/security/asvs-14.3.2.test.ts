import { expect } from 'chai'
import { bothOrms, type Handlers, onEach } from './support/site.js'

const handlers: Handlers = {
  '/cached': async (ctx) => {
    ctx.session.userId = 1
    ctx.set('Cache-Control', 'public, max-age=60')
  },
  '/fail': async (ctx) => {
    ctx.session.userId = 1
    await ctx.session.save()
    ctx.throw(500)
  },
}

describe('ASVS 14.3.2: what carries an id is kept out of caches', () => {
  onEach(bothOrms, (start) => {
    it('an answer that sets or clears the cookie is no-store, and varies with the cookie', async () => {
      const visitor = (await start()).browser()
      for (const path of ['/visit', '/login', '/logout']) {
        const { headers } = await visitor.get(path)
        expect(headers.get('cache-control')).to.equal('no-store')
        expect(headers.get('vary')).to.equal('Cookie')
      }
    })

    it('no-store is there also beside what the app says, and on an error', async () => {
      const { browser } = await start(handlers)
      for (const path of ['/cached', '/fail']) {
        const visitor = browser()
        const { headers } = await visitor.get(path)
        expect(visitor.lines).to.have.length(1)
        expect(headers.get('cache-control')).to.contain('no-store')
      }
    })
  })
})
