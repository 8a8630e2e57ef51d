import { expect } from 'chai'
import Koa from 'koa'
import { MemorySessionBackend, session } from 'koa-session-model'
import { expectError } from '../support/errors.js'
import { warned } from '../support/warned.js'
import { nextSees } from './support/next-sees.js'
import { serve } from './support/serve.js'
import { type Columns, type Context, type Handlers, memory, start } from './support/site.js'
import { WatchedBackend } from './support/watched-backend.js'

const nothing = { userId: null, label: null, seenAt: null }

interface OfKoaSession {
  readonly hasOwnProperty: (name: string) => boolean
  readonly manuallyCommit: () => Promise<void>
  readonly externalKey: string
}

describe('ctx.session for code that was written for koa-session', () => {
  it('tells by populated and length whether anything is in it; columns that are NULL do not count', async () => {
    const look = ({ session }: Context) => ({ populated: session.populated, length: session.length })
    const seen: object[] = []
    const last = await nextSees((ctx) => {
      seen.push(look(ctx))
      ctx.session.userId = 0
      ctx.session.theme = null
      ctx.session.gone = 1
      delete ctx.session.gone
      seen.push(look(ctx))
    }, look)
    expect([...seen, last]).to.deep.equal([
      { populated: false, length: 0 },
      { populated: true, length: 2 },
      { populated: true, length: 2 },
    ])
  })

  it('does not count columns that are as in a new session, or that begin as the current time', async () => {
    const backend = memory()
    let now = 0
    const initial = { userId: () => 7, label: () => null, seenAt: () => new Date(now++) }
    const columns = backend.columns.map((column) => ({ ...column, initial: initial[column.name as 'userId'] }))
    Object.assign(backend, { columns })
    const lengths: number[] = []
    const { client } = await start(
      {
        '/': (ctx) => {
          lengths.push(ctx.session.length)
          ctx.session.userId = 8
          lengths.push(ctx.session.length)
        },
      },
      {},
      backend,
    )
    await client().json('/')
    expect(lengths).to.deep.equal([0, 1])
  })

  it('has hasOwnProperty(), manuallyCommit() and externalKey, which data may have too', async () => {
    const { backend, client } = await start({
      '/': async ({ session }) => {
        const { hasOwnProperty: has, manuallyCommit, externalKey } = session as unknown as OfKoaSession
        expect([has('theme'), has('userId'), has('save')]).to.deep.equal([false, true, false])
        expect(externalKey).to.equal(session.id)
        session.theme = 'dark'
        await manuallyCommit()
        expect(await backend.rows()).to.have.length(1)
        session.externalKey = 'mine'
        expect(session.externalKey).to.equal('mine')
        expect('manuallyCommit' in session).to.equal(false)
      },
    })
    await client().json('/')
  })

  it('is null once it was set to null, until it is set to an object', async () => {
    const { backend, client, errors } = await start({
      '/begin': (ctx) => {
        ctx.session.userId = 1
      },
      '/logout': (ctx) => {
        ctx.session = null
        ctx.body = [ctx.session]
        if (ctx.session) (ctx.session as { seen?: boolean }).seen = true
      },
      '/careless': (ctx) => {
        ctx.session = null
        ctx.session.theme = 'dark'
      },
      '/again': (ctx) => {
        ctx.session = null
        ctx.session = { theme: 'dark' }
        ctx.body = ctx.session
      },
    })
    const visitor = client()
    await visitor.json('/begin')
    expect(await visitor.json('/logout')).to.deep.equal([null])
    expect(await backend.rows()).to.have.length(0)
    await visitor.json('/begin')
    expect(await visitor.status('/careless')).to.equal(500)
    expect(errors.splice(0)[0]).to.be.instanceOf(TypeError)
    expect(await visitor.json('/again')).to.deep.equal({ ...nothing, theme: 'dark' })
    expect((await backend.row()).data).to.equal('{"theme":"dark"}')
  })

  it('takes a maxAge among the properties that it is set to', async () => {
    const { backend, client, clock, manager } = await start({
      '/': (ctx) => {
        ctx.session = { theme: 'dark', maxAge: 60_000 }
        ctx.body = { ...ctx.session, maxAge: ctx.session.maxAge }
      },
      '/undefined': async (ctx) => {
        ctx.session = { theme: 'light', maxAge: undefined }
        for (const maxAge of [0, 'session', null])
          await expectError('OPTION_INVALID', () => {
            ctx.session = { theme: 'none', maxAge }
          })
      },
    })
    const visitor = client()
    expect(await visitor.json('/')).to.deep.equal({ ...nothing, theme: 'dark', maxAge: 60_000 })
    expect((await backend.row()).expires.getTime()).to.equal(clock.now() + 60_000)
    await visitor.json('/undefined')
    expect(await manager.get(visitor.id)).to.deep.equal({ ...nothing, theme: 'light' })
  })

  it("tells for maxAge 'session' what to write", async () => {
    const { client } = await start({
      '/': async ({ session }) => {
        const error = await expectError('OPTION_INVALID', () => Object.assign(session, { maxAge: 'session' }))
        expect(error.message).to.contain('persistent: false')
      },
    })
    await client().json('/')
  })

  it("renews on writes only, with rolling: 'writes'", async () => {
    const { backend, client, clock } = await start(
      {
        '/write': (ctx) => {
          ctx.session.n = ctx.querystring
        },
        '/': (ctx) => {
          ctx.body = { n: ctx.session.n ?? null }
        },
      },
      { maxAge: '10s', rolling: 'writes' },
    )
    const visitor = client()
    await visitor.json('/write?1')
    clock.pass(8)
    await visitor.json('/write?2')
    backend.takeCalls()
    clock.pass(8)
    expect(await visitor.json('/')).to.deep.equal({ n: '2' })
    expect(backend.takeCalls()).to.deep.equal(['find'])
    clock.pass(2)
    expect(await visitor.json('/')).to.deep.equal({ n: null })
  })

  it('warns, once, that a name such as _x is stored; not for a column', async () => {
    const backend = new WatchedBackend(new MemorySessionBackend<Columns>({ ...nothing, _own: 0 } as Columns))
    const handlers: Handlers = {
      '/': (ctx) => {
        ctx.session._own = 1
        ctx.session._first = 1
        ctx.session._second = 2
      },
    }
    const { client } = await start(handlers, {}, backend)
    const [warning, ...others] = await warned('KOA_SESSION_MODEL_PRIVATE_NAME', async () => {
      await client().json('/')
    })
    expect(others).to.deep.equal([])
    expect(warning?.message).to.contain('ctx.session._first').and.to.contain('ctx.state')
  })

  it('warns, once, of listeners to events that only koa-session emits', async () => {
    const served = async (app: Koa) => {
      app.on('session:missed', () => {}).use(session({ backend: memory(), cleanup: false }))
      const url = await serve(app)
      return warned('KOA_SESSION_MODEL_EVENTS', async () => {
        for (let count = 0; count < 2; count++) await fetch(url)
      })
    }
    const [warning, ...others] = await served(new Koa())
    expect(others).to.deep.equal([])
    expect(warning?.message).to.contain("'session:missed'").and.to.contain("manager.on('rejected'")
  })

  it('can be mocked on app.context, as soon as the app has served a request, and comes back', async () => {
    const app = new Koa().use(session({ backend: memory(), cleanup: false })).use((ctx) => {
      ctx.body = ctx.session
    })
    const url = await serve(app)
    const ask = async () => (await fetch(url)).json()
    expect(await ask()).to.deep.equal(nothing)
    const before = Object.getOwnPropertyDescriptor(app.context, 'session') as PropertyDescriptor
    Object.defineProperty(app.context, 'session', { value: { mocked: true }, configurable: true })
    expect(await ask()).to.deep.equal({ mocked: true })
    Object.defineProperty(app.context, 'session', before)
    expect(await ask()).to.deep.equal(nothing)
  })
})
