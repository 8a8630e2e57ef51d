import { inspect } from 'node:util'
import { expect } from 'chai'
import { expectError } from '../support/errors.js'
import { type Context, type Handlers, type Options, start } from './support/site.js'

const handlers: Handlers = {
  '/login': async (ctx) => {
    await ctx.session.load()
    Object.assign(ctx.session, { userId: 1, views: 1 })
  },
  '/pass': (ctx) => {
    ctx.body = inspect(ctx.session)
  },
  '/load': async (ctx) => {
    await ctx.session.load()
    await ctx.session.load()
    ctx.body = ctx.session
  },
  '/update': (ctx) => ctx.session.update((s) => Object.assign(s, { views: Number(s.views) + 1 })),
  '/reload': async (ctx) => {
    await ctx.session.reload()
    ctx.session.views = 5
  },
  '/regenerate': (ctx) => ctx.session.regenerate(),
  '/destroy': (ctx) => ctx.session.destroy(),
  '/null': (ctx) => Object.assign(ctx, { session: null }),
}

async function visit(paths: Handlers = {}, options: Options = {}) {
  const site = await start({ ...handlers, ...paths }, { load: 'lazy', ...options })
  const visitor = site.client()
  await visitor.json('/login')
  site.backend.takeCalls()
  return { ...site, visitor }
}

describe("load: 'lazy'", () => {
  it('costs a request that only passes through nothing, even with a cookie, and long after touchAfter', async () => {
    const { visitor, backend, clock } = await visit()
    clock.pass(12 * 86_400)
    expect(await (await visitor.request('/pass')).text()).to.equal('[Session, not loaded]')
    expect(backend.takeCalls()).to.deep.equal([])
  })

  it('reads once, at load()', async () => {
    const { visitor, backend } = await visit()
    expect(await visitor.json('/load')).to.deep.equal({ userId: 1, label: null, seenAt: null, views: 1 })
    expect(backend.takeCalls()).to.deep.equal(['find'])
  })

  it('reads with the first call that is awaited', async () => {
    const { visitor } = await visit()
    await visitor.json('/update')
    expect(await visitor.json('/load')).to.include({ views: 2 })
    await visitor.json('/reload')
    expect(await visitor.json('/load')).to.include({ views: 5 })
    const { id } = visitor
    await visitor.json('/regenerate')
    expect(visitor.id).not.to.equal(id)
    expect(await visitor.json('/load')).to.include({ views: 5 })
  })

  for (const path of ['/destroy', '/null']) {
    it(`ends the session without reading it: ${path}`, async () => {
      const { visitor, backend } = await visit()
      await visitor.json(path)
      expect(backend.takeCalls()).to.deep.equal(['delete'])
      expect(visitor.cookie).to.equal(undefined)
      expect(await backend.rows()).to.deep.equal([])
    })
  }

  const early: Readonly<Record<string, (ctx: Context) => unknown>> = {
    'reading a property': ({ session }) => session.userId,
    'setting a property': ({ session }) => Object.assign(session, { views: 2 }),
    'deleting a property': ({ session }) => delete session.views,
    'the id': ({ session }) => session.id,
    isNew: ({ session }) => session.isNew,
    expires: ({ session }) => session.expires,
    maxAge: ({ session }) => session.maxAge,
    'touch()': ({ session }) => session.touch(),
    'Object.keys()': ({ session }) => Object.keys(session),
    'ctx.session = {}': (ctx) => Object.assign(ctx, { session: {} }),
  }
  for (const [name, act] of Object.entries(early)) {
    it(`is an error before load(): ${name}`, async () => {
      const { visitor, backend } = await visit({
        '/early': (ctx) => expectError('SESSION_NOT_LOADED', () => act(ctx)).then(),
      })
      expect(await visitor.status('/early')).to.equal(200)
      expect(backend.takeCalls()).to.deep.equal([])
    })
  }

  it('needs no load() where there is no cookie', async () => {
    const { client, backend } = await start(
      {
        '/write': (ctx) => {
          ctx.session.views = 1
        },
      },
      { load: 'lazy' },
    )
    await client().json('/write')
    expect(await backend.rows()).to.have.length(1)
  })

  it('answers with 503 where the database fails, and tries again', async () => {
    const { visitor, backend } = await visit({
      '/twice': async (ctx) => {
        backend.before = () => {
          throw new Error('down')
        }
        await expectError('BACKEND_FAILED', () => ctx.session.load())
        backend.before = () => {}
        await ctx.session.load()
        ctx.body = ctx.session
      },
    })
    expect(await visitor.json('/twice')).to.include({ views: 1 })
  })
})

describe('exclude', () => {
  const paths: Handlers = Object.fromEntries(
    ['/static', '/static/app.js', '/statics', '/health', '/a.png', '/a'].map((path) => [
      path,
      (ctx: Context) => {
        ctx.body = { has: ctx.session !== undefined }
      },
    ]),
  )
  const excluded = async (exclude: Options['exclude']): Promise<string[]> => {
    const { client } = await start(paths, exclude === undefined ? {} : { exclude })
    const answers = await Promise.all(
      Object.keys(paths).map(async (path) => [path, await client().json(path)] as const),
    )
    return answers.filter(([, body]) => !(body as { has: boolean }).has).map(([path]) => path)
  }

  it('is nothing by default', async () => {
    expect(await excluded(undefined)).to.deep.equal([])
  })

  it('takes a path, with what is beneath it', async () => {
    expect(await excluded('/static')).to.deep.equal(['/static', '/static/app.js'])
    expect(await excluded('/static/')).to.deep.equal(['/static/app.js'])
    expect(await excluded('/')).to.have.length(6)
  })

  it('takes a pattern, also one that remembers where it was', async () => {
    expect(await excluded(/\.(png|js)$/g)).to.deep.equal(['/static/app.js', '/a.png'])
    const sticky = /\/health/y
    sticky.lastIndex = 3
    expect(await excluded(sticky)).to.deep.equal(['/health'])
  })

  it('takes a function, and a list', async () => {
    expect(
      await excluded(({ path, method, get }) => method === 'GET' && path === '/a' && get !== undefined),
    ).to.deep.equal(['/a'])
    expect(await excluded(['/health', /png$/, ({ path }) => path === '/statics'])).to.deep.equal([
      '/statics',
      '/health',
      '/a.png',
    ])
  })

  it('costs an excluded request no query', async () => {
    const { client, backend } = await start(
      {
        '/login': (ctx) => {
          ctx.session.userId = 1
        },
      },
      { exclude: '/health' },
    )
    const visitor = client()
    await visitor.json('/login')
    backend.takeCalls()
    await visitor.json('/health')
    expect(backend.takeCalls()).to.deep.equal([])
  })
})
