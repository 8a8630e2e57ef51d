import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { decrypt, deriveKey } from '../../src/core/codec/cipher.js'
import { expectError } from '../support/errors.js'
import { openSession } from '../support/open-session.js'
import { latch } from './support/latch.js'
import { type Context, type Handlers, type Options, type Site, start } from './support/site.js'

const stranger = { userId: null, label: null, seenAt: null }
const admin = { userId: 1, label: 'admin', seenAt: null, cart: ['book'] }
const demoted = { ...admin, label: 'user' }

const handlers: Handlers = {
  '/login': async (ctx) => {
    await ctx.session.regenerate()
    Object.assign(ctx.session, { userId: 1, label: 'admin', cart: ['book'] })
  },
  '/renew': (ctx) => ctx.session.regenerate(),
  '/demote': async (ctx) => {
    await ctx.session.regenerate({ grace: 0 })
    ctx.session.label = 'user'
  },
  '/': (ctx) => {
    ctx.body = ctx.session
  },
}

/** An administrator who is none any more, and the browser that still has the id of before. */
async function afterwards(options: Options = {}, more: Handlers = {}) {
  const site = await start({ ...handlers, ...more }, options)
  const visitor = site.client()
  await visitor.json('/login')
  const old = visitor.copy()
  await visitor.json('/demote')
  return { ...site, visitor, old }
}

/** The same, where `act` is under way with the id of before during the change. */
async function underWay(act: (ctx: Context) => unknown, options: Options = {}) {
  const [loaded, changed] = [latch(), latch()]
  const site: Site = await start(
    {
      ...handlers,
      '/act': async (ctx) => {
        loaded.open()
        await changed.promise
        await act(ctx)
      },
    },
    options,
  )
  const gone: unknown[] = []
  site.manager.on('gone', ({ reason }) => gone.push(reason))
  const visitor = site.client()
  await visitor.json('/login')
  const old = visitor.copy()
  const acting = old.request('/act')
  await loaded.promise
  await visitor.json('/demote')
  changed.open()
  const response = await acting
  return { ...site, visitor, old, gone, response, cookies: response.headers.getSetCookie() }
}

const traceOf = async ({ backend }: Site) =>
  (await backend.inner.list({}, new Date(0), 9)).find(({ id }) => id.startsWith('~'))

describe('regenerate({ grace: 0 })', () => {
  for (const options of [{}, { grace: '10m' }, { hashIds: false }, { encryptionKeys: [randomBytes(32)] }] as const) {
    it(`leaves the old id nothing, at once: ${Object.keys(options)}`, async () => {
      const { old, visitor, errors } = await afterwards(options)
      expect(await old.json('/')).to.deep.equal(stranger)
      expect(await visitor.json('/')).to.deep.equal(demoted)
      expect(errors).to.deep.equal([])
    })
  }

  it('leaves the ids before that nothing either, whose grace is not over', async () => {
    const { client } = await start(handlers)
    const visitor = client()
    await visitor.json('/login')
    const older = visitor.copy()
    await visitor.json('/renew')
    const old = visitor.copy()
    expect(await older.json('/')).to.deep.equal(admin)
    await visitor.json('/demote')
    for (const one of [older, old]) expect(await one.json('/')).to.deep.equal(stranger)
    const fresh = visitor.copy()
    await visitor.json('/renew')
    expect(await fresh.json('/')).to.deep.equal(demoted)
    for (const one of [older, old]) expect(await one.json('/')).to.deep.equal(stranger)
  })

  it('keeps nothing in the row that leads from the old id to the new one', async () => {
    const site = await afterwards()
    const { id = '', data } = (await traceOf(site)) ?? {}
    const rowOf = (client: { id: string }): string => site.manager.rowId(client.id)
    const [, trace = ''] = /^\{"\$session":\{"trace":"([\w+/=]+)","replacedAt":\d+\}\}$/.exec(data ?? '') ?? []
    const text = decrypt(deriveKey(rowOf(site.old), undefined, 'successor'), id, trace).toString()
    expect(JSON.parse(text)).to.deep.equal({ successor: rowOf(site.visitor), isClosed: true })
  })

  it('counts also where the same request regenerates the id once more', async () => {
    const { old } = await afterwards(
      {},
      {
        '/demote': async (ctx) => {
          await ctx.session.regenerate({ grace: 0 })
          await ctx.session.regenerate()
        },
      },
    )
    expect(await old.json('/')).to.deep.equal(stranger)
  })

  it('counts inside of update()', async () => {
    const { old, visitor } = await afterwards(
      {},
      {
        '/demote': (ctx) =>
          ctx.session.update(async (session) => {
            await ctx.session.regenerate({ grace: 0 })
            session.label = 'user'
          }),
      },
    )
    expect(await old.json('/')).to.deep.equal(stranger)
    expect(await visitor.json('/')).to.deep.equal(demoted)
  })

  it('counts for this time only', async () => {
    const { visitor } = await afterwards(
      {},
      {
        '/both': async (ctx) => {
          await ctx.session.regenerate({ grace: 0 })
          await ctx.session.reload()
          await ctx.session.regenerate()
        },
      },
    )
    for (const path of ['/renew', '/both']) {
      const old = visitor.copy()
      await visitor.json(path)
      expect(await old.json('/')).to.deep.equal(demoted)
    }
  })

  it('is not done where the request fails', async () => {
    const { client } = await start({
      ...handlers,
      '/fail': async (ctx) => {
        await ctx.session.regenerate({ grace: 0 })
        ctx.throw(500)
      },
    })
    const visitor = client()
    await visitor.json('/login')
    expect(await visitor.status('/fail')).to.equal(500)
    expect(await visitor.json('/')).to.deep.equal(admin)
  })

  it('holds nobody up where the process dies before the id is replaced', async () => {
    const { client, backend, clock } = await start(handlers)
    const visitor = client()
    await visitor.json('/login')
    backend.before = (call) => {
      if (call === 'update') throw new Error('died')
    }
    expect(await visitor.status('/demote')).to.equal(503)
    backend.before = () => {}
    expect(await visitor.json('/')).to.deep.equal(admin)
    clock.pass(5)
    await visitor.json('/demote')
    expect(await visitor.json('/')).to.deep.equal(demoted)
  })

  it('does nothing more to a new session than regenerate() does', async () => {
    const { client } = await start(handlers)
    const visitor = client()
    await visitor.json('/demote')
    expect(await visitor.json('/')).to.deep.equal({ ...stranger, label: 'user' })
  })

  it('takes nothing but 0, and tells a callback what is wrong', async () => {
    const heard: unknown[] = []
    const { client } = await start({
      '/': async ({ session }) => {
        const regenerate = session.regenerate as (...values: unknown[]) => Promise<void>
        for (const grace of [1, '0', null, '10s', true]) {
          await expectError('OPTION_INVALID', () => regenerate({ grace }))
        }
        for (const options of [null, 'text', 0]) await expectError('OPTION_INVALID', () => regenerate(options))
        await expectError('OPTION_UNKNOWN', () => regenerate({ grase: 0 }))
        await regenerate({ grace: 5 }, (error: { code: string }) => heard.push(error.code))
        await regenerate({ grace: 0 }, (error: unknown) => heard.push(error))
        await regenerate({ grace: undefined })
      },
    })
    expect(await client().json('/')).to.deep.equal({})
    expect(heard).to.deep.equal(['OPTION_INVALID', undefined])
  })
})

describe('a request that is under way while the rights change', () => {
  it('writes to the session, and gets no cookie', async () => {
    const { visitor, cookies, gone } = await underWay(({ session }) => {
      session.late = true
    })
    expect(cookies).to.deep.equal([])
    expect(await visitor.json('/')).to.deep.equal({ ...demoted, late: true })
    expect(gone).to.deep.equal([])
  })

  it('ends the session by a logout', async () => {
    const { visitor, backend } = await underWay((ctx) => ctx.session.destroy())
    expect(await visitor.json('/')).to.deep.equal(stranger)
    expect(await backend.rows()).to.deep.equal([])
  })

  for (const path of ['/renew', '/demote', '/login']) {
    it(`gets no id with the old rights, and no cookie is cleared: ${path}`, async () => {
      const { visitor, old, backend, cookies, gone, response } = await underWay((ctx) => handlers[path]?.(ctx))
      expect([response.status, cookies]).to.deep.equal([200, []])
      expect(gone).to.deep.equal(['replaced'])
      expect(await old.json('/')).to.deep.equal(stranger)
      expect(await visitor.json('/')).to.deep.equal(demoted)
      expect(await backend.rows()).to.have.length(1)
    })
  }

  it('is told so by save() and update(), and at the commit with onGone', async () => {
    for (const act of [
      ({ session }: Context) => session.save(),
      ({ session }: Context) => session.update(() => {}),
      () => {},
    ]) {
      const { response, cookies, visitor } = await underWay(
        async (ctx) => {
          await ctx.session.regenerate()
          await act(ctx)
        },
        { onGone: 'throw' },
      )
      expect([response.status, cookies]).to.deep.equal([401, []])
      expect(await visitor.json('/')).to.deep.equal(demoted)
    }
  })

  it('gets no id with the old rights after it has written either', async () => {
    for (const store of [
      ({ session }: Context) => session.save(),
      ({ session }: Context) => session.update(() => {}),
    ]) {
      const { cookies, visitor, gone } = await underWay(async (ctx) => {
        ctx.session.late = true
        await store(ctx)
        await ctx.session.regenerate()
      })
      expect([cookies, gone]).to.deep.equal([[], ['replaced']])
      expect(await visitor.json('/')).to.deep.equal({ ...demoted, late: true })
    }
  })

  it('writes to the session also after another one that got no id', async () => {
    const { manager } = await start({})
    await manager.set('a', { label: 'admin' })
    const [first, second, third] = [
      await openSession(manager, 'a'),
      await openSession(manager, 'a'),
      await openSession(manager, 'a'),
    ]
    for (const session of [first, second]) await session.regenerate({ grace: 0 })
    third.properties.set('late', true)
    for (const session of [first, second, third]) await session.commit()
    expect(await manager.get(first.id)).to.include({ label: 'admin', late: true })
  })

  it('takes back the cookie of the old id that it has set before', async () => {
    const [stored, changed] = [latch(), latch()]
    const { client } = await start({
      ...handlers,
      '/act': async (ctx) => {
        ctx.session.early = true
        await ctx.session.save()
        stored.open()
        await changed.promise
        await ctx.session.regenerate()
      },
    })
    const visitor = client()
    await visitor.json('/login')
    const acting = visitor.copy().request('/act')
    await stored.promise
    await visitor.json('/demote')
    changed.open()
    expect((await acting).headers.getSetCookie()).to.deep.equal([])
    expect(await visitor.json('/')).to.deep.equal({ ...demoted, early: true })
  })
})

describe('a request with an id that was replaced a moment ago', () => {
  it('has a session of its own by regenerate({ grace: 0 }), and leaves the old id nothing', async () => {
    const { client, backend } = await start(handlers)
    const visitor = client()
    await visitor.json('/login')
    const [old, other] = [visitor.copy(), visitor.copy()]
    await visitor.json('/renew')
    expect(await other.json('/')).to.deep.equal(admin)
    await old.json('/demote')
    expect(await old.json('/')).to.deep.equal(demoted)
    expect(await other.json('/')).to.deep.equal(stranger)
    expect(await visitor.json('/')).to.deep.equal(admin)
    expect(await backend.rows()).to.have.length(2)
  })
})
