import { expect } from 'chai'
import { latch } from '../koa/support/latch.js'
import type { Handler } from './support/host.js'
import { ask, hosts, memory, withApp } from './support/site.js'

const empty = { userId: null, points: 0 }

for (const host of hosts) {
  describe(`sessions under ${host.name}`, () => {
    it('identifies the request, not the id: requests that change different keys both win', async () => {
      const { manager, backend } = memory()
      const [loaded, go] = [latch(), latch()]
      const handlers = {
        '/begin': ({ session }) => void Object.assign(session, { n: 0 }),
        '/slow': async ({ session }) => {
          loaded.open()
          await go.promise
          session.slow = 1
        },
        '/fast': ({ session }) => void Object.assign(session, { fast: 1, userId: 7 }),
        '/read': ({ session: { cookie: _, ...rest } }) => ({
          n: rest.n,
          slow: rest.slow,
          fast: rest.fast,
          userId: rest.userId,
        }),
      } satisfies Handlers
      await withApp(host, manager, { handlers }, async (url) => {
        const { cookie } = await ask(`${url}/begin`)
        const slow = ask(`${url}/slow`, cookie)
        await loaded.promise
        await ask(`${url}/fast`, cookie)
        go.open()
        expect((await slow).status).to.equal(200)
        expect((await ask(`${url}/read`, cookie)).body).to.deep.equal({ n: 0, slow: 1, fast: 1, userId: 7 })
        expect((await backend.row()).columns).to.deep.equal({ userId: 7, points: 0 })
      })
    })

    it('never writes back what a request has loaded and somebody has ended, in this process and in another', async () => {
      for (const end of ['/logout', 'other process'] as const) {
        const { manager, other, backend } = memory()
        const [loaded, go] = [latch(), latch()]
        const gone: string[] = []
        const handlers = {
          '/begin': ({ session }) => void Object.assign(session, { n: 0 }),
          '/slow': async ({ session }) => {
            loaded.open()
            await go.promise
            session.n = 1
          },
          '/logout': ({ destroy }) => destroy(),
        } satisfies Handlers
        await withApp(host, manager, { handlers, onGone: (id) => gone.push(id) }, async (url) => {
          const { cookie } = await ask(`${url}/begin`)
          const slow = ask(`${url}/slow`, cookie)
          await loaded.promise
          if (end === '/logout') expect((await ask(url + end, cookie)).status).to.equal(200)
          else await other.deleteAll()
          go.open()
          expect((await slow).status).to.equal(200)
          expect(await backend.rows()).to.deep.equal([])
          expect(gone).to.have.length(1)
        })
      }
    })

    it('updates what this request has loaded, inserts what is new, and remembers what it has stored', async () => {
      const { manager, other, backend } = memory()
      const handlers = {
        '/begin': async ({ session, save }) => {
          session.n = 1
          await save()
          const [listed] = await other.store.list()
          expect(listed?.properties.n).to.equal(1)
          session.n = 2
          await save()
          session.n = 3
        },
        '/end': async ({ session, save }) => {
          session.n = 4
          await save()
          await other.deleteAll()
          session.n = 5
          await save()
        },
      } satisfies Handlers
      await withApp(host, manager, { handlers }, async (url) => {
        const { cookie } = await ask(`${url}/begin`)
        expect(backend.takeCalls().filter((call) => call === 'insert')).to.have.length(1)
        expect((await manager.store.list())[0]?.properties.n).to.equal(3)
        expect((await ask(`${url}/end`, cookie)).status).to.equal(200)
        expect(await backend.rows()).to.deep.equal([])
      })
    })

    it('keeps the order of one id: a save that nobody waits for, then a logout, leaves no row', async () => {
      const { manager, backend } = memory()
      const handlers = {
        '/begin': ({ session }) => void Object.assign(session, { n: 0 }),
        '/both': async ({ session, saveSoon, destroy }) => {
          session.n = 1
          saveSoon()
          await destroy()
        },
      } satisfies Handlers
      await withApp(host, manager, { handlers }, async (url) => {
        await ask(`${url}/both`)
        expect(await backend.rows()).to.deep.equal([])
        const { cookie } = await ask(`${url}/begin`)
        await ask(`${url}/both`, cookie)
        expect(await backend.rows()).to.deep.equal([])
      })
    })

    it('keeps two unawaited saves in order, and copies at the call', async () => {
      const { manager } = memory()
      const handlers = {
        '/begin': ({ session, saveSoon }) => {
          const cart = [1]
          session.cart = cart
          saveSoon()
          cart.push(2)
          saveSoon()
        },
      } satisfies Handlers
      await withApp(host, manager, { handlers }, async (url) => {
        await ask(`${url}/begin`)
        expect((await manager.store.list())[0]?.properties.cart).to.deep.equal([1, 2])
      })
    })

    it('writes nothing in 20 reads, with rolling off and on, until a renewal is due', async () => {
      for (const rolling of [false, true]) {
        for (const maxAge of [undefined, 3_600_000]) {
          const { manager, backend } = memory()
          const handlers = {
            '/begin': ({ session }) => void Object.assign(session, { n: 0 }),
            '/read': ({ session }) => session.n,
          } satisfies Handlers
          await withApp(host, manager, { handlers, rolling, ...(maxAge && { maxAge }) }, async (url) => {
            const { cookie } = await ask(`${url}/begin`)
            backend.takeCalls()
            for (let n = 0; n < 20; n++) expect((await ask(`${url}/read`, cookie)).body).to.equal(0)
            expect(backend.takeCalls()).to.deep.equal(Array(20).fill('find'))
          })
        }
      }
    })

    it('stores reserved names under an escape, and gives them back where the host has a place for them', async () => {
      const { manager } = memory()
      const names = ['createdAt', 'expires', 'isNew', 'maxAge', '$id', '$$save', 'authenticatedAt']
      const handlers = {
        '/begin': ({ session }) => void Object.assign(session, Object.fromEntries(names.map((name) => [name, name]))),
        '/read': ({ session }) => names.map((name) => session[name]),
        '/more': ({ session }) => void Object.assign(session, { more: 1 }),
      } satisfies Handlers
      await withApp(host, manager, { handlers }, async (url) => {
        const { status, cookie } = await ask(`${url}/begin`)
        expect(status).to.equal(200)
        expect((await ask(`${url}/read`, cookie)).body).to.deep.equal(names)
        await ask(`${url}/more`, cookie)
        expect((await ask(`${url}/read`, cookie)).body).to.deep.equal(names)
      })
    })

    it('has own columns as properties, leaves out null ones, and clears what is deleted', async () => {
      const { manager, backend } = memory()
      const handlers = {
        '/begin': ({ session }) => void Object.assign(session, { points: 5 }),
        '/keys': ({ session }) => ['userId' in session, session.points],
        '/login': ({ session }) => void Object.assign(session, { userId: 3 }),
        '/forget': ({ session }) => void delete session.userId,
      } satisfies Handlers
      await withApp(host, manager, { handlers }, async (url) => {
        const { cookie } = await ask(`${url}/begin`)
        expect((await ask(`${url}/keys`, cookie)).body).to.deep.equal([false, 5])
        await ask(`${url}/login`, cookie)
        expect((await ask(`${url}/keys`, cookie)).body).to.deep.equal([true, 5])
        expect((await manager.list({ userId: 3 })).length).to.equal(1)
        await ask(`${url}/forget`, cookie)
        expect((await backend.row()).columns).to.deep.equal({ ...empty, points: 5 })
      })
    })

    it('takes the time of the host for the expiry, and the absolute timeout of the manager limits it', async () => {
      const { manager, backend } = memory({ maxAge: '1h', absoluteTimeout: '2h' })
      const handlers = {
        '/long': ({ session }) => void Object.assign(session.cookie, { maxAge: 90 * 60_000 }),
        '/longer': ({ session }) => void Object.assign(session.cookie, { maxAge: 9 * 3_600_000 }),
        '/begin': ({ session }) => void Object.assign(session, { n: 0 }),
        '/end': ({ session }) => void Object.assign(session.cookie, { maxAge: -1 }),
      } satisfies Handlers
      await withApp(host, manager, { handlers, rolling: true }, async (url) => {
        const began = Date.now()
        const lives = async () => Math.round(((await backend.row()).expires.getTime() - began) / 60_000)
        const { cookie } = await ask(`${url}/begin`)
        expect(await lives()).to.equal(60)
        await ask(`${url}/long`, cookie)
        expect(await lives()).to.equal(90)
        await ask(`${url}/longer`, cookie)
        expect(await lives()).to.equal(120)
        await ask(`${url}/end`, cookie)
        expect(await backend.rows()).to.deep.equal([])
      })
    })

    it('opens a row without a cookie, which gets one from the host', async () => {
      const { manager, backend } = memory()
      const handlers = {
        '/begin': ({ session }) => void Object.assign(session, { n: 0 }),
        '/read': ({ session }) => [session.n, typeof session.cookie],
      } satisfies Handlers
      await withApp(host, manager, { handlers }, async (url) => {
        const { cookie } = await ask(`${url}/begin`)
        const { id, version } = await backend.row()
        await backend.inner.update([
          { id, version, now: new Date(0), values: { data: '{"n":5}', version: Number(version) + 1 } },
        ])
        backend.takeCalls()
        expect((await ask(`${url}/read`, cookie)).body).to.deep.equal([5, 'object'])
        expect(backend.takeCalls()).to.deep.equal(['find'])
      })
    })

    it('takes a session that was only read for unchanged, whatever its row holds', async () => {
      const { manager } = memory()
      const handlers = {
        '/begin': ({ session }) => void Object.assign(session, { n: 0 }),
        '/read': ({ session }) => session.n,
      } satisfies Handlers
      await withApp(host, manager, { handlers, maxAge: 3_600_000 }, async (url) => {
        const { cookie } = await ask(`${url}/begin`)
        const id =
          decodeURIComponent(cookie?.split('=')[1] ?? '')
            .replace(/^s:/, '')
            .split('.')[0] ?? ''
        const stored = await manager.store.load(id)
        await stored?.write({ ...stored.properties, req: 'of another program', m: 1 })
        const answer = await ask(`${url}/read`, cookie)
        expect(answer).to.deep.equal({ status: 200, body: 0, cookie: undefined })
      })
    })

    it('keeps a session of 1 MiB, and tells of one that is larger than the manager allows', async () => {
      const { manager } = memory()
      const text = 'x'.repeat(2 ** 20 - 300)
      const handlers = {
        '/begin': ({ session }) => void Object.assign(session, { text }),
        '/read': ({ session }) => session.text === text,
        '/more': async ({ session, save }) => {
          session.more = text
          const error = await save().catch((caught: unknown) => caught)
          delete session.more
          return (error as { code?: string }).code
        },
      } satisfies Handlers
      await withApp(host, manager, { handlers }, async (url) => {
        const { cookie } = await ask(`${url}/begin`)
        expect((await ask(`${url}/more`, cookie)).body).to.equal('DATA_TOO_LARGE')
        expect((await ask(`${url}/read`, cookie)).body).to.equal(true)
      })
    })

    it('compares with what a reload has read, after a request with a body, too', async () => {
      const { manager, other } = memory()
      const handlers = {
        '/begin': ({ session }) => void Object.assign(session, { n: 0 }),
        '/reload': async (request) => {
          const [listed] = await other.store.list()
          expect(listed?.properties.n).to.equal(0)
          request.session.n = 8
          await request.reload()
          expect(request.session.n).to.equal(0)
          request.session.m = 1
        },
        '/regenerate': async (request) => {
          await request.regenerate()
          request.session.fresh = true
        },
      } satisfies Handlers
      await withApp(host, manager, { handlers }, async (url) => {
        const { cookie } = await ask(`${url}/begin`)
        expect((await ask(`${url}/reload`, cookie, { some: 'body' })).status).to.equal(200)
        expect((await manager.store.list())[0]?.properties).to.include({ n: 0, m: 1 })
        const renewed = await ask(`${url}/regenerate`, cookie, { some: 'body' })
        expect(renewed.cookie).not.to.equal(cookie)
        const left = await manager.store.list()
        expect(left).to.have.length(1)
        expect(left[0]?.properties.fresh).to.equal(true)
      })
    })
  })
}

type Handlers = Readonly<Record<string, Handler>>
