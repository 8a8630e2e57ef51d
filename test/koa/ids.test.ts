import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { type Handlers, memory, start } from './support/site.js'

const handlers: Handlers = {
  '/login': (ctx) => {
    ctx.session.userId = 1
  },
  '/': (ctx) => {
    ctx.body = { userId: ctx.session.userId }
  },
}

describe('the id of a session', () => {
  it('is stored as its SHA-256 in hexadecimal', async () => {
    const { backend, client } = await start(handlers)
    const visitor = client()
    await visitor.json('/login')
    expect((await backend.row()).id).to.equal(createHash('sha256').update(visitor.id).digest('hex'))
  })

  it('is stored as it is with hashIds: false', async () => {
    const { backend, client } = await start(handlers, { hashIds: false })
    const visitor = client()
    await visitor.json('/login')
    expect((await backend.row()).id).to.equal(visitor.id)
    expect(await visitor.json('/')).to.deep.equal({ userId: 1 })
  })

  for (const [idBytes, length] of [
    [16, 22],
    [32, 43],
    [64, 86],
  ] as const) {
    it(`has ${length} characters with idBytes: ${idBytes}`, async () => {
      const { client } = await start(handlers, { idBytes })
      const visitor = client()
      await visitor.json('/login')
      expect(visitor.id)
        .to.match(/^[\w-]+$/)
        .and.to.have.length(length)
      expect(await visitor.json('/')).to.deep.equal({ userId: 1 })
    })
  }

  it('stays valid when idBytes is changed', async () => {
    const backend = memory()
    const before = await start(handlers, { idBytes: 16 }, backend)
    const visitor = before.client()
    await visitor.json('/login')
    const after = await start(handlers, { idBytes: 64 }, backend)
    const returning = after.client()
    returning.cookie = visitor.cookie
    expect(await returning.json('/')).to.deep.equal({ userId: 1 })
  })

  it('is another one for each session', async () => {
    const { client } = await start(handlers)
    const visitors = Array.from({ length: 20 }, client)
    await Promise.all(visitors.map((visitor) => visitor.json('/login')))
    expect(new Set(visitors.map(({ id }) => id)).size).to.equal(20)
  })

  it('is the one in the cookie, from the first request on, and is not in the body', async () => {
    const { client } = await start({
      '/': (ctx) => {
        ctx.session.views = 1
        ctx.set('X-Id', ctx.session.id)
        ctx.body = ctx.session
      },
    })
    const visitor = client()
    const response = await visitor.request('/')
    expect(response.headers.get('x-id')).to.equal(visitor.id)
    expect(await response.text()).not.to.contain(visitor.id)
  })
})
