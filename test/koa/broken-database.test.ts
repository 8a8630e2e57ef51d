import { expect } from 'chai'
import { SessionError } from 'koa-session-model'
import { type Handlers, type Site, start } from './support/site.js'
import type { Call } from './support/watched-backend.js'

const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5432'), { code: 'ECONNREFUSED' })

const handlers: Handlers = {
  '/login': (ctx) => {
    Object.assign(ctx.session, { userId: 1, views: 1 })
  },
  '/write': (ctx) => {
    ctx.session.views = 2
  },
  '/logout': (ctx) => ctx.session.destroy(),
  '/end': (ctx) => {
    ctx.session = null
  },
  '/throw': (ctx) => {
    ctx.session = null
    throw new RangeError('unexpected')
  },
  '/touch': (ctx) => ctx.session.touch(),
  '/': (ctx) => {
    ctx.body = ctx.session
  },
}

function breakAt(site: Site, ...calls: Call[]): void {
  site.backend.before = (call) => {
    if (calls.includes(call)) throw refused
  }
}

async function loggedIn() {
  const site = await start(handlers)
  const visitor = site.client()
  await visitor.json('/login')
  return { site, visitor }
}

function expectBackendFailed(error: unknown): void {
  if (!(error instanceof SessionError)) throw error
  expect(error).to.include({ code: 'BACKEND_FAILED', status: 503, expose: false, cause: refused })
}

describe('a database that cannot be reached', () => {
  const places: ReadonlyArray<readonly [Call, string]> = [
    ['find', '/'],
    ['update', '/write'],
    ['touch', '/touch'],
    ['delete', '/logout'],
    ['delete', '/end'],
  ]
  for (const [call, path] of places) {
    it(`answers with 503 at ${call}, and leaves the session as it is: ${path}`, async () => {
      const { site, visitor } = await loggedIn()
      const { id } = visitor
      const before = await site.backend.row()
      breakAt(site, call)
      const response = await visitor.request(path)
      expect(response.status).to.equal(503)
      expect(await response.text()).to.equal('Service Unavailable')
      expect(visitor.id).to.equal(id)
      expect(await site.backend.row()).to.deep.equal(before)
      expect(site.errors).to.have.length(1)
      expectBackendFailed(site.errors[0])
    })
  }

  it('answers with 503 at insert, and sets no cookie', async () => {
    const site = await start(handlers)
    breakAt(site, 'insert')
    const response = await site.client().request('/login')
    expect(response.status).to.equal(503)
    expect(response.headers.getSetCookie()).to.deep.equal([])
    expectBackendFailed(site.errors[0])
  })

  it('never shows the handler an empty session', async () => {
    let ran = false
    const site = await start({
      '/': () => {
        ran = true
      },
    })
    breakAt(site, 'find')
    const visitor = site.client()
    visitor.cookie = 'A'.repeat(43)
    expect(await visitor.status('/')).to.equal(503)
    expect(ran).to.equal(false)
  })

  it('does not concern requests without a cookie that store nothing', async () => {
    const site = await start(handlers)
    breakAt(site, 'find', 'insert')
    await site.client().json('/')
  })

  it('does not hide the error of a handler, and is reported beside it', async () => {
    const { site, visitor } = await loggedIn()
    breakAt(site, 'delete')
    expect(await visitor.status('/throw')).to.equal(500)
    expect(site.errors).to.have.length(2)
    expectBackendFailed(site.errors[0])
    expect(site.errors[1]).to.be.instanceOf(RangeError)
  })

  it('serves again when it is back', async () => {
    const { site, visitor } = await loggedIn()
    breakAt(site, 'find', 'update')
    await visitor.status('/write')
    site.backend.before = () => {}
    expect(await visitor.json('/')).to.include({ userId: 1, views: 1 })
  })
})
