import { expect } from 'chai'
import { type Context, start } from './support/site.js'

/** What is left of a change in a request that ends with `act`. */
async function afterwards(act: (ctx: Context) => unknown) {
  const site = await start({
    '/login': (ctx) => {
      ctx.session.userId = 1
    },
    '/act': async (ctx) => {
      ctx.session.views = 1
      await act(ctx)
    },
    '/': (ctx) => {
      ctx.body = ctx.session
    },
  })
  const visitor = site.client()
  await visitor.json('/login')
  const response = await visitor.request('/act')
  return { site, response, session: await visitor.json('/') }
}

const kept: Readonly<Record<string, (ctx: Context) => unknown>> = {
  'ctx.throw(401)': (ctx) => ctx.throw(401),
  'an error with statusCode 422': () => Promise.reject(Object.assign(new Error('x'), { statusCode: 422 })),
  'ctx.status = 404': (ctx) => {
    ctx.status = 404
  },
  'an error with the status of a redirect': () => Promise.reject(Object.assign(new Error('x'), { status: 303 })),
}

const dropped: Readonly<Record<string, (ctx: Context) => unknown>> = {
  'an unexpected error': () => Promise.reject(new TypeError('unexpected')),
  'an error of the file system': () => Promise.reject(Object.assign(new Error('no file'), { code: 'ENOENT' })),
  'an error with a status that HTTP does not know': () =>
    Promise.reject(Object.assign(new Error('x'), { status: 499 })),
  'what is no error': () => Promise.reject('text'),
  'an object with a status that is no error': () => Promise.reject({ status: 401 }),
  'ctx.throw(503)': (ctx) => ctx.throw(503),
  'ctx.status = 500': (ctx) => {
    ctx.status = 500
  },
}

describe('the changes of a request', () => {
  for (const [name, act] of Object.entries(kept)) {
    it(`are kept after ${name}`, async () => {
      const { session, response } = await afterwards(act)
      expect(response.status).to.be.within(300, 499)
      expect(session).to.include({ userId: 1, views: 1 })
    })
  }

  for (const [name, act] of Object.entries(dropped)) {
    it(`are dropped after ${name}`, async () => {
      const { session } = await afterwards(act)
      expect(session).to.include({ userId: 1 }).and.not.to.have.property('views')
    })
  }

  it('that were saved before an unexpected error are kept', async () => {
    const { session, response } = await afterwards(async (ctx) => {
      await ctx.session.save()
      throw new TypeError('unexpected')
    })
    expect(response.status).to.equal(500)
    expect(session).to.include({ userId: 1, views: 1 })
  })
})
