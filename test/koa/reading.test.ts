import { expect } from 'chai'
import { type Options, type Site, start } from './support/site.js'

const day = 86_400

async function loggedIn(options: Options): Promise<Site & { readonly visitor: ReturnType<Site['client']> }> {
  const site = await start(
    {
      '/login': (ctx) => {
        ctx.session.userId = 1
      },
      '/touch': (ctx) => ctx.session.touch(),
    },
    options,
  )
  const visitor = site.client()
  await visitor.json('/login')
  site.backend.takeCalls()
  return { ...site, visitor }
}

describe('a request with a cookie that only reads', () => {
  it('costs one query before touchAfter, and gets no cookie', async () => {
    const { backend, clock, visitor } = await loggedIn({ maxAge: '10d' })
    clock.pass(day)
    const response = await visitor.request('/')
    expect(backend.takeCalls()).to.deep.equal(['find'])
    expect(response.headers.getSetCookie()).to.deep.equal([])
  })

  it('renews the row and the cookie after touchAfter, once', async () => {
    const { backend, clock, visitor } = await loggedIn({ maxAge: '10d' })
    const id = visitor.id
    clock.pass(day + 1)
    const response = await visitor.request('/')
    expect(backend.takeCalls()).to.deep.equal(['find', 'touch'])
    expect(response.headers.getSetCookie()).to.have.length(1)
    expect(visitor.id).to.equal(id)
    expect((await backend.row()).expires.getTime()).to.equal(clock.now() + 10 * day * 1000)
    await visitor.json('/')
    expect(backend.takeCalls()).to.deep.equal(['find'])
  })

  it('renews each time with touchAfter: 0, and never before the end with touchAfter: 1', async () => {
    const always = await loggedIn({ touchAfter: 0 })
    always.clock.pass(1)
    await always.visitor.json('/')
    expect(always.backend.takeCalls()).to.deep.equal(['find', 'touch'])
    const never = await loggedIn({ touchAfter: 1, maxAge: '10d' })
    never.clock.pass(10 * day - 1)
    await never.visitor.json('/')
    expect(never.backend.takeCalls()).to.deep.equal(['find'])
  })

  it('never renews with rolling: false, but touch() does', async () => {
    const { backend, clock, visitor } = await loggedIn({ rolling: false, maxAge: '10d' })
    clock.pass(9 * day)
    await visitor.json('/')
    expect(backend.takeCalls()).to.deep.equal(['find'])
    await visitor.json('/touch')
    expect(backend.takeCalls()).to.deep.equal(['find', 'touch'])
    expect((await backend.row()).expires.getTime()).to.equal(clock.now() + 10 * day * 1000)
  })

  it('renews at once when touch() asks for it', async () => {
    const { backend, clock, visitor } = await loggedIn({ maxAge: '10d' })
    clock.pass(1)
    await visitor.json('/touch')
    expect(backend.takeCalls()).to.deep.equal(['find', 'touch'])
    expect((await backend.row()).expires.getTime()).to.equal(clock.now() + 10 * day * 1000)
  })
})
