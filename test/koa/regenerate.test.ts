import { expect } from 'chai'
import { latch } from './support/latch.js'
import { type Handlers, start } from './support/site.js'

const handlers: Handlers = {
  '/cart': (ctx) => {
    ctx.session.cart = ['book']
    ctx.session.label = 'guest'
  },
  '/login': async (ctx) => {
    await ctx.session.regenerate()
    ctx.session.userId = 1
    ctx.set('X-Id', ctx.session.id)
  },
  '/save': async (ctx) => {
    await ctx.session.regenerate()
    await ctx.session.save()
    ctx.session.after = true
  },
  '/twice': async (ctx) => {
    await ctx.session.regenerate()
    await ctx.session.save()
    await ctx.session.regenerate()
  },
  '/fail': async (ctx) => {
    await ctx.session.regenerate()
    throw new Error('unexpected')
  },
  '/': (ctx) => {
    ctx.body = ctx.session
  },
}

describe('regenerate()', () => {
  it('gives the session a new id, and keeps its row, data and columns', async () => {
    const { backend, client, clock } = await start(handlers)
    const visitor = client()
    await visitor.json('/cart')
    const { createdAt } = await backend.row()
    const old = visitor.copy()
    clock.pass(1)
    const response = await visitor.request('/login')
    expect(visitor.id).not.to.equal(old.id)
    expect(response.headers.get('x-id')).to.equal(visitor.id)
    expect(await visitor.json('/'))
      .to.include({ userId: 1, label: 'guest' })
      .and.deep.include({ cart: ['book'] })
    expect((await backend.row()).createdAt).to.deep.equal(createdAt)
  })

  it('costs one insert and one update', async () => {
    const { backend, client } = await start(handlers)
    const visitor = client()
    await visitor.json('/cart')
    backend.takeCalls()
    await visitor.json('/login')
    expect(backend.takeCalls()).to.deep.equal(['find', 'insert', 'update'])
  })

  it('can be saved at once, and again', async () => {
    const { client } = await start(handlers)
    const visitor = client()
    await visitor.json('/cart')
    await visitor.json('/save')
    expect(await visitor.json('/')).to.deep.include({ cart: ['book'], after: true })
    await visitor.json('/twice')
    expect(await visitor.json('/')).to.deep.include({ cart: ['book'], after: true })
  })

  it('works on a new session', async () => {
    const { backend, client } = await start(handlers)
    for (const path of ['/login', '/save']) {
      const visitor = client()
      const response = await visitor.request(path)
      expect(response.headers.getSetCookie()).to.have.length(1)
      expect(await visitor.json('/')).to.have.property('userId', path === '/login' ? 1 : null)
    }
    expect(await backend.rows()).to.have.length(2)
  })

  it('does nothing if the request fails', async () => {
    const { client } = await start(handlers)
    const visitor = client()
    await visitor.json('/cart')
    const { id } = visitor
    expect(await visitor.status('/fail')).to.equal(500)
    expect(visitor.id).to.equal(id)
    expect(await visitor.json('/')).to.include({ label: 'guest' })
  })

  it('hands the new id over even if the rest of the session cannot be stored', async () => {
    const { client, errors } = await start({
      ...handlers,
      '/half': async (ctx) => {
        await ctx.session.regenerate()
        await ctx.session.save()
        ctx.session.bad = { run: () => {} }
      },
    })
    const visitor = client()
    await visitor.json('/cart')
    const { id } = visitor
    expect(await visitor.status('/half')).to.equal(500)
    expect(errors).to.have.length(1)
    expect(visitor.id).not.to.equal(id)
    expect(await visitor.json('/')).to.include({ label: 'guest' })
  })

  it('never lets a parallel request set the cookie back', async () => {
    const [begun, replaced] = [latch(), latch()]
    const { client } = await start({
      ...handlers,
      '/slow': async (ctx) => {
        ctx.cookies.set('other', '1')
        await ctx.session.update((session) => {
          session.views = 1
        })
        begun.open()
        await replaced.promise
        ctx.session.slow = true
      },
    })
    const visitor = client()
    await visitor.json('/cart')
    const slow = visitor.request('/slow')
    await begun.promise
    await visitor.json('/login')
    replaced.open()
    const cookies = (await slow).headers.getSetCookie()
    expect(cookies).to.have.length(1)
    expect(cookies[0]).to.match(/^other=/)
    expect(await visitor.json('/')).to.include({ userId: 1, views: 1, slow: true })
  })
})
