import { expect } from 'chai'
import { latch } from './support/latch.js'
import { type Handlers, start } from './support/site.js'

const handlers: Handlers = {
  '/login': (ctx) => {
    Object.assign(ctx.session, { userId: 1, views: 1 })
  },
  '/': (ctx) => {
    ctx.body = ctx.session
  },
}

describe('save()', () => {
  it('makes the session durable in the middle of a handler, and later changes at its end', async () => {
    const site = await start({
      ...handlers,
      '/save': async (ctx) => {
        ctx.session.first = true
        await ctx.session.save()
        ctx.body = { isNew: ctx.session.isNew, stored: (await site.backend.row()).data }
        ctx.session.second = true
      },
    })
    const visitor = site.client()
    expect(await visitor.json('/save')).to.deep.equal({ isNew: false, stored: '{"first":true}' })
    expect(site.backend.takeCalls()).to.deep.equal(['insert', 'update'])
    expect(await visitor.json('/')).to.include({ first: true, second: true })
  })

  it('stores nothing for a new session that holds nothing', async () => {
    const { backend, client } = await start({ '/save': (ctx) => ctx.session.save() })
    const response = await client().request('/save')
    expect(response.headers.getSetCookie()).to.deep.equal([])
    expect(await backend.rows()).to.deep.equal([])
  })

  it('costs nothing when nothing has changed', async () => {
    const { backend, client } = await start({ ...handlers, '/save': (ctx) => ctx.session.save() })
    const visitor = client()
    await visitor.json('/login')
    backend.takeCalls()
    await visitor.json('/save')
    expect(backend.takeCalls()).to.deep.equal(['find'])
  })
})

describe('reload()', () => {
  it('forgets what has changed, and reads what others have stored', async () => {
    const [loaded, changed] = [latch(), latch()]
    const { client } = await start({
      ...handlers,
      '/other': (ctx) => {
        ctx.session.other = true
      },
      '/reload': async (ctx) => {
        Object.assign(ctx.session, { userId: 2, views: 2 })
        loaded.open()
        await changed.promise
        await ctx.session.reload()
        ctx.body = { ...ctx.session }
      },
    })
    const visitor = client()
    await visitor.json('/login')
    const reloading = visitor.json('/reload')
    await loaded.promise
    await visitor.json('/other')
    changed.open()
    expect(await reloading).to.include({ userId: 1, views: 1, other: true })
    expect(await visitor.json('/')).to.include({ userId: 1, views: 1, other: true })
  })

  it('empties a new session', async () => {
    const { backend, client } = await start({
      '/': async (ctx) => {
        ctx.session.views = 1
        await ctx.session.reload()
        ctx.body = ctx.session
      },
    })
    expect(await client().json('/')).to.deep.equal({ userId: null, label: null, seenAt: null })
    expect(backend.takeCalls()).to.deep.equal([])
  })
})
