import { format, inspect } from 'node:util'
import { expect } from 'chai'
import Koa from 'koa'
import { session } from 'koa-session-model'
import { openSession } from '../support/open-session.js'
import { serve } from './support/serve.js'
import { type Context, memory, start } from './support/site.js'

class Shared extends Error {
  readonly status = 403
}

const reused = new Shared('reused')
const withHeaders = Object.assign(new Shared('headers'), { headers: { 'Set-Cookie': 'theirs=1', 'X-Own': 'yes' } })

describe('the cookie of a new session', () => {
  const begin = (error: unknown) => async (ctx: Context) => {
    ctx.session.userId = 1
    await ctx.session.save()
    throw error
  }

  it('survives an error', async () => {
    for (const error of [new Shared('own'), new TypeError('unexpected')]) {
      const { backend, client } = await start({ '/': begin(error) })
      const response = await client().request('/')
      expect(response.status).to.be.oneOf([403, 500])
      expect(response.headers.getSetCookie(), String(error)).to.have.length(1)
      expect(await backend.rows()).to.have.length(1)
    }
  })

  it('never gets to another client with an error that is thrown again', async () => {
    const { client } = await start({
      '/login': begin(reused),
      '/': () => Promise.reject(reused),
    })
    await client().status('/login')
    const response = await client().request('/')
    expect(response.status).to.equal(403)
    expect(response.headers.getSetCookie()).to.deep.equal([])
    expect(reused).not.to.have.property('headers')
  })

  it('stands beside the headers of the error', async () => {
    const { client } = await start({ '/': begin(withHeaders) })
    const response = await client().request('/')
    const names = response.headers.getSetCookie().map((line) => line.split('=')[0])
    expect(names.sort()).to.deep.equal(['sid', 'theirs'])
    expect(response.headers.get('x-own')).to.equal('yes')
    expect(withHeaders.headers).to.deep.equal({ 'Set-Cookie': 'theirs=1', 'X-Own': 'yes' })
  })

  it('survives what is thrown and is no object', async () => {
    for (const thrown of ['text', '', 0, false, Symbol('x'), () => {}]) {
      const { client, errors, manager } = await start({
        '/': async (ctx) => {
          await ctx.session.regenerate()
          await ctx.session.save()
          throw thrown
        },
      })
      const [visitor, before] = [client(), await openSession(manager)]
      before.properties.set('userId', 1)
      await before.commit()
      visitor.cookie = before.id
      const response = await visitor.request('/')
      expect([response.status, await response.text()]).to.deep.equal([500, 'Internal Server Error'])
      expect(visitor.id, String(thrown)).not.to.equal(before.id)
      expect((await manager.get(visitor.id))?.userId).to.equal(1)
      expect(String(errors)).to.equal(`Error: ${format('non-error thrown: %j', thrown)}`)
    }
  })

  it('reaches Koa with the same error', async () => {
    const error = new Shared('own')
    const { client, errors } = await start({ '/': begin(error) })
    await client().status('/')
    expect(errors).to.have.length(1)
    expect(errors[0]).to.equal(error)
  })

  it('is not shown to those who log the error', async () => {
    const logged: string[] = []
    const app = new Koa()
    app.on('error', (error) => logged.push(inspect(error) + JSON.stringify(error)))
    app.use(session({ backend: memory(), cleanup: false })).use(begin(new Shared('own')))
    const [cookie = ''] = (await fetch(await serve(app))).headers.getSetCookie()
    expect(cookie).to.match(/^sid=/)
    expect(logged).to.have.length(1)
    expect(logged[0]).not.to.contain('sid=')
  })

  it('survives an error of a middleware before the session', async () => {
    const app = new Koa()
    app.on('error', () => {})
    app.use(async (_, next) => {
      await next()
      throw new Shared('after the session')
    })
    app.use(session({ backend: memory(), cleanup: false })).use((ctx) => {
      ctx.session.userId = 1
    })
    const response = await fetch(await serve(app))
    expect(response.status).to.equal(403)
    expect(response.headers.getSetCookie()).to.have.length(1)
  })

  it('survives when a middleware before the session answers the error itself', async () => {
    const app = new Koa()
    app.use(async (ctx, next) => {
      await next().catch(() => {
        ctx.body = 'caught'
      })
    })
    app.use(session({ backend: memory(), cleanup: false })).use((ctx) => {
      ctx.session.userId = 1
      ctx.throw(401)
    })
    const response = await fetch(await serve(app))
    expect(await response.text()).to.equal('caught')
    expect(response.headers.getSetCookie()).to.have.length(1)
  })
})
