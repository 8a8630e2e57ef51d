import { expect } from 'chai'
import { latch } from '../koa/support/latch.js'
import type { Handler } from './support/host.js'
import { ask, hosts, memory, withApp } from './support/site.js'

type Handlers = Readonly<Record<string, Handler>>

const begin: Handler = ({ session }) => void Object.assign(session, { n: 0, deep: { a: 0, b: 0 }, userId: 7 })

for (const host of hosts) {
  const isFastify = host.name === '@fastify/session'

  describe(`what no store can do under ${host.name}`, () => {
    it('with rolling, a slow request sets the cookie of an id that was replaced meanwhile', async () => {
      const { manager, backend } = memory()
      const [loaded, go] = [latch(), latch()]
      const handlers: Handlers = {
        '/begin': begin,
        '/slow': async () => {
          loaded.open()
          await go.promise
        },
        '/login': async (request) => {
          await request.regenerate()
          request.session.in = true
        },
        '/read': ({ session }) => session.in ?? null,
      }
      await withApp(host, manager, { handlers, rolling: true }, async (url) => {
        const old = (await ask(`${url}/begin`)).cookie
        const slow = ask(`${url}/slow`, old)
        await loaded.promise
        const fresh = (await ask(`${url}/login`, old)).cookie
        go.open()
        expect((await slow).cookie).to.equal(old)
        expect((await ask(`${url}/read`, old)).body).to.equal(null)
        expect((await ask(`${url}/read`, fresh)).body).to.equal(true)
        expect(await backend.rows()).to.have.length(1)
      })
    })

    it('regenerate() of the host drops columns and data', async () => {
      const { manager } = memory()
      const handlers: Handlers = {
        '/begin': begin,
        '/login': (request) => request.regenerate().then(() => request.save()),
      }
      await withApp(host, manager, { handlers }, async (url) => {
        const { cookie } = await ask(`${url}/begin`)
        await ask(`${url}/login`, cookie)
        const [left, ...others] = await manager.store.list()
        expect(others).to.deep.equal([])
        expect(left?.properties).to.have.all.keys('cookie', 'userId', 'points')
        expect(left?.properties.userId).to.equal(null)
      })
    })

    it('merges nothing inside of one key: the later request wins', async () => {
      const { manager } = memory()
      const [loaded, go] = [latch(), latch()]
      const handlers: Handlers = {
        '/begin': begin,
        '/slow': async ({ session }) => {
          loaded.open()
          await go.promise
          Object.assign(session.deep as object, { a: 1 })
        },
        '/fast': ({ session }) => void Object.assign(session.deep as object, { b: 1 }),
      }
      await withApp(host, manager, { handlers }, async (url) => {
        const { cookie } = await ask(`${url}/begin`)
        const slow = ask(`${url}/slow`, cookie)
        await loaded.promise
        await ask(`${url}/fast`, cookie)
        go.open()
        await slow
        expect((await manager.store.list())[0]?.properties.deep).to.deep.equal({ a: 1, b: 0 })
      })
    })

    it(`answers ${isFastify ? '503' : '200, before it has stored,'} if the database fails at the end; save() tells of it`, async () => {
      const { manager, backend } = memory()
      manager.on('error', () => {})
      const handlers: Handlers = {
        '/begin': begin,
        '/save': async ({ session, save }) => {
          session.n = 1
          return save().catch((error: { code?: string }) => error.code)
        },
        '/change': ({ session }) => void Object.assign(session, { n: 2 }),
      }
      await withApp(host, manager, { handlers }, async (url) => {
        const { cookie } = await ask(`${url}/begin`)
        backend.before = (call) => {
          if (call === 'update') throw new Error('no space')
        }
        expect((await ask(`${url}/change`, cookie)).status).to.equal(isFastify ? 503 : 200)
        let failures = 1
        backend.before = (call) => {
          if (call === 'update' && failures-- > 0) throw new Error('no space')
        }
        expect((await ask(`${url}/save`, cookie)).body).to.equal('BACKEND_FAILED')
      })
    })
  })
}
