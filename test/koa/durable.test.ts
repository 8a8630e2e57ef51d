import { Readable } from 'node:stream'
import { expect } from 'chai'
import { latch } from './support/latch.js'
import { type Handlers, start } from './support/site.js'

const handlers: Handlers = {
  '/login': (ctx) => {
    ctx.session.userId = 1
  },
  '/redirect': (ctx) => {
    ctx.session.userId = 1
    ctx.redirect('/next')
    ctx.status = 303
  },
  '/stream': (ctx) => {
    ctx.session.userId = 1
    ctx.body = Readable.from(['a', 'b', 'c'])
  },
  '/empty': (ctx) => {
    ctx.session.userId = 1
    ctx.status = 204
  },
  '/manual': async (ctx) => {
    ctx.session.userId = 1
    await ctx.session.save()
    ctx.respond = false
    ctx.res.end('by hand')
  },
}

describe('the row of a session', () => {
  for (const path of Object.keys(handlers)) {
    it(`is stored before the first byte of the response leaves: ${path}`, async () => {
      const site = await start(handlers)
      const [inserting, allowed] = [latch(), latch()]
      site.backend.before = async (call) => {
        if (call !== 'insert') return
        inserting.open()
        await allowed.promise
      }
      let answered = false
      const visitor = site.client()
      const response = visitor.request(path).then((response) => {
        answered = true
        return response
      })
      await inserting.promise
      await roundTrip(site.url)
      expect(answered).to.equal(false)
      allowed.open()
      expect((await response).headers.getSetCookie()).to.have.length(1)
      expect((await site.backend.row()).columns.userId).to.equal(1)
    })
  }

  it('is stored before a redirect is followed', async () => {
    const { client } = await start({
      ...handlers,
      '/next': (ctx) => {
        ctx.body = { userId: ctx.session.userId }
      },
    })
    const visitor = client()
    const response = await visitor.request('/redirect')
    expect(response.status).to.equal(303)
    expect(await visitor.json(response.headers.get('location') ?? '')).to.deep.equal({ userId: 1 })
  })
})

describe('the body of a response', () => {
  it('is what the handler gave: a stream, or written by hand', async () => {
    const { client, errors } = await start(handlers)
    expect(await (await client().request('/stream')).text()).to.equal('abc')
    expect(await (await client().request('/manual')).text()).to.equal('by hand')
    expect(errors).to.deep.equal([])
  })

  it('is absent for HEAD, whose session is kept', async () => {
    const { backend, client } = await start(handlers)
    const response = await client().request('/login', { method: 'HEAD' })
    expect(await response.text()).to.equal('')
    expect(response.headers.getSetCookie()).to.have.length(1)
    expect((await backend.row()).columns.userId).to.equal(1)
  })
})

/** Passes enough time for a response that does not wait to arrive: that of another request. */
async function roundTrip(url: string): Promise<void> {
  for (let trip = 0; trip < 3; trip++) await (await fetch(`${url}/other`)).text()
}
