import { expect } from 'chai'
import { start } from './support/site.js'

describe('a response that has been sent by hand before the session is committed', () => {
  it('does not keep the session from being renewed', async () => {
    const { backend, client, clock, errors } = await start({
      '/login': (ctx) => {
        ctx.session.userId = 1
      },
      '/manual': (ctx) => {
        ctx.respond = false
        ctx.res.end('by hand')
      },
    })
    const visitor = client()
    await visitor.json('/login')
    clock.pass(5 * 86_400)
    expect(await (await visitor.request('/manual')).text()).to.equal('by hand')
    await visitor.json('/')
    expect((await backend.row()).expires.getTime()).to.equal(clock.now() + 14 * 86_400_000)
    expect(errors).to.deep.equal([])
  })

  it('reports a new session, whose cookie can no longer be sent', async () => {
    const { client, errors } = await start({
      '/manual': (ctx) => {
        ctx.respond = false
        ctx.res.end('by hand')
        ctx.session.userId = 1
      },
    })
    const visitor = client()
    expect(await (await visitor.request('/manual')).text()).to.equal('by hand')
    await visitor.json('/')
    expect(errors).to.have.length(1)
  })
})
