import { expect } from 'chai'
import { bothOrms, type Handlers, onEach } from './support/site.js'

const handlers: Handlers = {
  '/store': (ctx) => {
    ctx.session.text = 'x'.repeat(Number(ctx.query.size))
  },
}

describe('Flooding: a session cannot grow without limit', () => {
  onEach(bothOrms, (start) => {
    it('data of more than 1 MiB is refused, and nothing of it is stored', async () => {
      const { browser, errors, opened } = await start(handlers)
      const visitor = browser()
      expect(await visitor.status(`/store?size=${1024 * 1024 - 11}`)).to.equal(200)
      expect(await visitor.status(`/store?size=${1024 * 1024}`)).to.equal(500)
      expect(errors[0]).to.have.property('code', 'DATA_TOO_LARGE')
      const [row] = await opened.dump()
      expect(String(row?.data)).to.have.length(1024 * 1024)
    })

    it('maxDataBytes sets the limit', async () => {
      const visitor = (await start(handlers, { maxDataBytes: 100 })).browser()
      expect(await visitor.status('/store?size=80')).to.equal(200)
      expect(await visitor.status('/store?size=100')).to.equal(500)
    })
  })
})
