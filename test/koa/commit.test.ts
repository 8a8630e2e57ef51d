import { once } from 'node:events'
import { connect } from 'node:net'
import { PassThrough } from 'node:stream'
import { expect } from 'chai'
import { expectError } from '../support/errors.js'
import { latch } from './support/latch.js'
import { type Context, type Handlers, start } from './support/site.js'

const login = (ctx: Context): void => {
  Object.assign(ctx.session, { userId: 1, cart: [{ qty: 1 }] })
}

const look = (ctx: Context): void => {
  ctx.body = ctx.session
}

/** Runs `isForwarded` after the session was committed, while the response is still under way, and gives what came of it. */
async function afterCommit(late: (ctx: Context, cart: { qty: number }[]) => unknown) {
  const done = latch<unknown>()
  const site = await start({
    '/login': login,
    '/stream': (ctx) => {
      const stream = new PassThrough()
      const cart = ctx.session.cart as { qty: number }[]
      ctx.body = stream
      const finish = async (): Promise<void> => {
        try {
          done.open(await late(ctx, cart))
        } catch (error) {
          done.open(error)
        } finally {
          stream.end('end')
        }
      }
      ctx.res.once('pipe', () => setImmediate(() => void finish()))
    },
    '/': look,
  })
  const visitor = site.client()
  await visitor.json('/login')
  expect(await (await visitor.request('/stream')).text()).to.equal('end')
  const outcome = await done.promise
  const session = await visitor.json('/')
  return { ...site, outcome, session }
}

const untouched = { userId: 1, label: null, seenAt: null, cart: [{ qty: 1 }] }

describe('a change after the session was committed', () => {
  const changes: Readonly<Record<string, (ctx: Context) => unknown>> = {
    'a key': ({ session }) => Object.assign(session, { views: 1 }),
    'a column': ({ session }) => Object.assign(session, { userId: 2 }),
    'a deletion': ({ session }) => delete session.cart,
    'inside of a value': ({ session }) => Object.assign((session.cart as object[])[0] as object, { qty: 2 }),
    'of an array': ({ session }) => (session.cart as object[]).push({ qty: 2 }),
    'a deletion inside': ({ session }) => delete (session.cart as { qty?: number }[])[0]?.qty,
    maxAge: ({ session }) => Object.assign(session, { maxAge: '1d' }),
    'touch()': ({ session }) => session.touch(),
    'regenerate()': ({ session }) => session.regenerate(),
    'ctx.session = null': (ctx) => Object.assign(ctx, { session: null }),
    'ctx.session = {}': (ctx) => Object.assign(ctx, { session: {} }),
  }
  for (const [name, change] of Object.entries(changes)) {
    it(`is an error, and loses nothing: ${name}`, async () => {
      const { outcome, session, errors } = await afterCommit(change)
      await expectError('SESSION_COMMITTED', () => Promise.reject(outcome))
      expect(session).to.deep.equal(untouched)
      expect(errors).to.deep.equal([])
    })
  }

  it('of a value that was read before is reported when the response ends', async () => {
    const { session, errors } = await afterCommit((_, cart) => cart.push({ qty: 2 }))
    expect(session).to.deep.equal(untouched)
    await expectError('SESSION_COMMITTED', () => Promise.reject(errors[0]))
  })

  it('by update() is stored at once', async () => {
    const { session, errors } = await afterCommit(async (ctx) => {
      await ctx.session.update((s) => {
        Object.assign((s.cart as object[])[0] as object, { qty: 3 })
      })
    })
    expect(session).to.deep.equal({ ...untouched, cart: [{ qty: 3 }] })
    expect(errors).to.deep.equal([])
  })

  it('by destroy() ends the session', async () => {
    const { session } = await afterCommit((ctx) => ctx.session.destroy())
    expect(session).to.include({ userId: null })
  })

  it('does not keep anyone from reading', async () => {
    const { outcome } = await afterCommit(({ session }) => JSON.stringify([session.cart, session.userId, session]))
    expect(JSON.parse(String(outcome))).to.deep.equal([[{ qty: 1 }], 1, untouched])
  })
})

describe('a response that begins before the commit', () => {
  const begin = (ctx: Context): void => {
    ctx.respond = false
    ctx.res.writeHead(200)
    ctx.res.write('begun ')
  }
  const handlers: Handlers = {
    '/login': login,
    '/new': (ctx) => {
      begin(ctx)
      login(ctx)
      ctx.res.end()
    },
    '/regenerate': async (ctx) => {
      begin(ctx)
      await ctx.session.regenerate()
      ctx.session.userId = 2
      ctx.res.end()
    },
    '/change': (ctx) => {
      begin(ctx)
      ctx.session.userId = 3
      ctx.res.end()
    },
    '/logout': async (ctx) => {
      begin(ctx)
      await ctx.session.destroy()
      ctx.res.end()
    },
    '/': look,
  }

  it('stores no new session, whose cookie nobody would get', async () => {
    const { client, backend, errors } = await start(handlers)
    await (await client().request('/new')).text()
    expect(await backend.rows()).to.deep.equal([])
    await expectError('COOKIE_TOO_LATE', () => Promise.reject(errors[0]))
  })

  it('stores nothing of a login, whose new id nobody would get', async () => {
    const { client, errors } = await start(handlers)
    const visitor = client()
    await visitor.json('/login')
    await (await visitor.request('/regenerate')).text()
    expect(await visitor.json('/')).to.deep.equal(untouched)
    await expectError('COOKIE_TOO_LATE', () => Promise.reject(errors[0]))
  })

  it('stores changes of a session whose cookie the browser has, and ends it', async () => {
    const { client, errors } = await start(handlers)
    const visitor = client()
    await visitor.json('/login')
    await (await visitor.request('/change')).text()
    expect(await visitor.json('/')).to.include({ userId: 3 })
    await (await visitor.request('/logout')).text()
    expect(await visitor.json('/')).to.include({ userId: null })
    expect(errors).to.deep.equal([])
  })
})

describe('a request whose client goes away', () => {
  it('stores what it changes all the same', async () => {
    const [arrived, gone] = [latch(), latch()]
    const handled = latch()
    const { client, url, backend, manager } = await start({
      '/login': login,
      '/slow': async (ctx) => {
        arrived.open()
        ctx.req.once('close', () => gone.open())
        await gone.promise
        ctx.session.views = 1
        handled.open()
      },
    })
    const visitor = client()
    await visitor.json('/login')
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    await once(socket, 'connect')
    const updated = latch()
    backend.before = (call) => {
      if (call === 'update') updated.open()
    }
    socket.write(`GET /slow HTTP/1.1\r\nHost: x\r\nCookie: sid=${visitor.id}\r\n\r\n`)
    await arrived.promise
    socket.destroy()
    await handled.promise
    await updated.promise
    expect(await manager.get(visitor.id)).to.include({ userId: 1, views: 1 })
  })
})

describe('keepChanges', () => {
  const handlers: Handlers = {
    '/login': login,
    '/fail': (ctx) => {
      ctx.session.views = 1
      throw Object.assign(new Error('x'), { status: Number(ctx.query.status) })
    },
    '/': look,
  }

  it('decides which requests keep what they changed', async () => {
    const seen: unknown[] = []
    const { client } = await start(handlers, {
      keepChanges: ({ status, error }) => {
        seen.push([status, error instanceof Error])
        return status === 500
      },
    })
    const visitor = client()
    await visitor.status('/login')
    expect(visitor.cookie).to.equal(undefined)
    await visitor.status('/fail?status=500')
    expect(await visitor.json('/')).to.include({ views: 1 })
    expect(seen).to.deep.equal([
      [200, false],
      [500, true],
      [200, false],
    ])
  })
})
