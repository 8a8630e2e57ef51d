import { expect } from 'chai'
import { latch } from '../koa/support/latch.js'
import { type Handlers, startHost } from './support/host-site.js'
import { hosts } from './support/hosts.js'

const login: Handlers = {
  '/login': (ctx) => {
    ctx.session.userId = 42
  },
}

describe('20 requests that read, with koa-session', () => {
  for (const [rolling, calls] of [
    [false, ['find']],
    [true, ['find']],
  ] as const) {
    it(`write nothing with rolling: ${rolling}`, async () => {
      const { client, backend } = await startHost(login, { hostOptions: { rolling, maxAge: 3_600_000 } })
      const visitor = client()
      await visitor.json('/login')
      backend.takeCalls()
      for (let n = 0; n < 20; n++) expect(await visitor.json('/')).to.deep.equal({ userId: 42 })
      expect(new Set(backend.takeCalls())).to.deep.equal(new Set(calls))
    })
  }
})

describe('a logout against a slow writer, with koa-session', () => {
  for (const onGone of ['ignore', 'throw'] as const) {
    it(`stays a logout, with onGone: '${onGone}'`, async () => {
      const [arrived, goOn] = [latch(), latch()]
      const handlers: Handlers = {
        '/slow': async (ctx) => {
          arrived.open()
          await goOn.promise
          ctx.session.late = true
        },
        ...login,
        '/logout': (ctx) => {
          ctx.session = null as never
        },
      }
      const { client, backend } = await startHost(handlers, { storeOptions: { onGone } })
      const visitor = client()
      await visitor.json('/login')
      const slow = visitor.copy()
      const answer = slow.status('/slow')
      await arrived.promise
      await visitor.json('/logout')
      goOn.open()
      expect(await answer).to.equal(onGone === 'throw' ? 401 : 200)
      expect(await backend.rows()).to.have.length(0)
    })
  }
})

describe('parallel requests to koa-session with our store', () => {
  for (const [name, host] of hosts) {
    it(`both win if they change different keys, on ${name}`, async () => {
      const [arrived, goOn] = [latch(), latch()]
      const { client } = await startHost(
        {
          ...login,
          '/slow': async (ctx) => {
            arrived.open()
            await goOn.promise
            ctx.session.slow = true
          },
          '/fast': (ctx) => {
            ctx.session.fast = true
          },
        },
        { host },
      )
      const visitor = client()
      await visitor.json('/login')
      const slow = visitor.json('/slow')
      await arrived.promise
      await visitor.json('/fast')
      goOn.open()
      await slow
      expect(await visitor.json('/')).to.deep.equal({ userId: 42, fast: true, slow: true })
    })
  }
})
