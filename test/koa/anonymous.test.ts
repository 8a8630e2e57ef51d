import { expect } from 'chai'
import { start } from './support/site.js'

describe('a request without a cookie', () => {
  it('that does not look at the session asks no database and gets no cookie', async () => {
    const site = await start({})
    const response = await site.client().request('/')
    expect(response.status).to.equal(200)
    expect(response.headers.getSetCookie()).to.deep.equal([])
    expect(site.backend.takeCalls()).to.deep.equal([])
  })

  it('that only reads asks no database and gets no cookie', async () => {
    const site = await start({
      '/': (ctx) => {
        ctx.body = { views: ctx.session.views ?? 0, userId: ctx.session.userId, isNew: ctx.session.isNew }
      },
    })
    const response = await site.client().request('/')
    expect(await response.json()).to.deep.equal({ views: 0, userId: null, isNew: true })
    expect(response.headers.getSetCookie()).to.deep.equal([])
    expect(site.backend.takeCalls()).to.deep.equal([])
  })

  it('that takes back what it wrote asks no database', async () => {
    const site = await start({
      '/': (ctx) => {
        ctx.session.views = 1
        delete ctx.session.views
        ctx.session.userId = 1
        ctx.session.userId = null
      },
    })
    const client = site.client()
    await client.json('/')
    expect(client.cookie).to.equal(undefined)
    expect(site.backend.takeCalls()).to.deep.equal([])
  })

  it('stores nothing by touch, by regenerate or by ending the session', async () => {
    const site = await start({
      '/touch': (ctx) => ctx.session.touch(),
      '/regenerate': (ctx) => ctx.session.regenerate(),
      '/destroy': (ctx) => ctx.session.destroy(),
      '/null': (ctx) => {
        ctx.session = null
      },
    })
    const client = site.client()
    for (const path of ['/touch', '/regenerate', '/destroy', '/null']) await client.json(path)
    expect(client.cookie).to.equal(undefined)
    expect(site.backend.takeCalls()).to.deep.equal([])
  })

  it('that writes costs one insert', async () => {
    const site = await start({
      '/': (ctx) => {
        ctx.session.views = 1
      },
    })
    const client = site.client()
    await client.json('/')
    expect(client.id).to.match(/^[\w-]{43}$/)
    expect(site.backend.takeCalls()).to.deep.equal(['insert'])
  })
})
