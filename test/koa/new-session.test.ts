import { once } from 'node:events'
import { connect } from 'node:net'
import { PassThrough } from 'node:stream'
import { expect } from 'chai'
import { latch } from './support/latch.js'
import { start } from './support/site.js'

describe('a new session', () => {
  it('of a client that has gone away is stored, though nobody has its cookie', async () => {
    const [arrived, gone, stored] = [latch(), latch(), latch()]
    const { url, backend } = await start({
      '/': async (ctx) => {
        ctx.req.once('close', () => gone.open())
        arrived.open()
        await gone.promise
        ctx.session.views = 2
        await ctx.session.save()
        stored.open()
      },
    })
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await arrived.promise
    socket.destroy()
    await stored.promise
    expect((await backend.row()).data).to.equal('{"views":2}')
  })

  it('is not stored for a maxAge alone', async () => {
    const { client, backend } = await start({
      '/': (ctx) => {
        ctx.session.maxAge = '30d'
      },
    })
    const visitor = client()
    await visitor.json('/')
    expect(visitor.cookie).to.equal(undefined)
    expect(backend.takeCalls()).to.deep.equal([])
  })

  it('by update() needs its cookie, also after the commit', async () => {
    const outcome = latch<unknown>()
    const { client, backend } = await start({
      '/': (ctx) => {
        const body = new PassThrough()
        ctx.body = body
        ctx.res.once('pipe', async () => {
          body.write('begun')
          await ctx.session.update((session) => Object.assign(session, { views: 2 })).then(outcome.open, outcome.open)
          body.end()
        })
      },
    })
    await (await client().request('/')).text()
    expect(await outcome.promise).to.have.property('code', 'COOKIE_TOO_LATE')
    expect(await backend.rows()).to.deep.equal([])
  })

  it('begins after the one that the cookie names was ended, with an id of its own', async () => {
    const { client, manager } = await start({
      '/': (ctx) => {
        ctx.session.userId = 1
      },
    })
    const visitor = client()
    await visitor.json('/')
    const { id } = visitor
    await manager.revoke({ userId: 1 })
    await visitor.json('/')
    expect(visitor.id).not.to.equal(id)
  })
})
