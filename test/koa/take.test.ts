import { expect } from 'chai'
import { expectError } from '../support/errors.js'
import { openSession } from '../support/open-session.js'
import { latch, meeting } from './support/latch.js'
import { type Context, type Handlers, type Options, start } from './support/site.js'

const handlers: Handlers = {
  '/order': (ctx) => {
    ctx.session.notice = 'Thank you.'
    ctx.redirect('/next')
  },
  '/login': async (ctx) => {
    await ctx.session.regenerate()
    ctx.session.userId = 1
  },
  '/take': async (ctx) => {
    ctx.body = { notice: await ctx.session.take('notice') }
  },
  '/': (ctx) => {
    ctx.body = ctx.session
  },
}

/** A site whose visitor has a notice. */
async function visit(more: Handlers = {}, options: Options = {}) {
  const site = await start({ ...handlers, ...more }, options)
  const visitor = site.client()
  await visitor.request('/order')
  site.backend.takeCalls()
  return { ...site, visitor }
}

const notice = { notice: 'Thank you.' }

describe('take()', () => {
  it('gives a value once, across a redirect', async () => {
    const { client } = await start(handlers)
    const visitor = client()
    const { headers } = await visitor.request('/order')
    expect(headers.get('location')).to.equal('/next')
    expect(await visitor.json('/take')).to.deep.equal(notice)
    expect(await visitor.json('/take')).to.deep.equal({})
    expect(await visitor.json('/')).not.to.have.property('notice')
  })

  it('costs one update, and nothing if the key is absent', async () => {
    const { visitor, backend } = await visit()
    await visitor.json('/take')
    expect(backend.takeCalls()).to.deep.equal(['find', 'update'])
    await visitor.json('/take')
    expect(backend.takeCalls()).to.deep.equal(['find'])
  })

  it('stores no earlier changes if the key is absent', async () => {
    const { visitor, backend } = await visit({
      '/absent': async (ctx) => {
        ctx.session.draft = 1
        expect(await ctx.session.take('absent')).to.equal(undefined)
        expect(backend.takeCalls()).to.deep.equal(['find'])
      },
    })
    await visitor.json('/absent')
    expect(backend.takeCalls()).to.deep.equal(['update'])
  })

  it('costs no query without a session', async () => {
    const { client, backend } = await start(handlers)
    const visitor = client()
    expect(await visitor.json('/take')).to.deep.equal({})
    expect(backend.takeCalls()).to.deep.equal([])
    expect(visitor.cookie).to.equal(undefined)
  })

  it('takes what a new session has not stored yet, without a query', async () => {
    const { client, backend } = await start({
      '/': async (ctx) => {
        Object.assign(ctx.session, { list: [1], userId: 5 })
        const list = ctx.session.list
        expect(await ctx.session.take('list')).to.equal(list)
        expect(await ctx.session.take('userId')).to.equal(5)
        expect(await ctx.session.take('userId')).to.equal(undefined)
        expect(Object.keys(ctx.session)).to.deep.equal(['userId', 'label', 'seenAt'])
      },
    })
    await client().json('/')
    expect(backend.takeCalls()).to.deep.equal([])
  })

  it('gives one of the requests that run in parallel the value', async () => {
    const meet = meeting(8)
    const { visitor } = await visit({
      '/meet': async (ctx) => {
        await meet()
        await handlers['/take']?.(ctx)
      },
    })
    const answers = await Promise.all(Array.from({ length: 8 }, () => visitor.json('/meet')))
    expect(answers.filter((answer) => 'notice' in (answer as object))).to.deep.equal([notice])
  })

  it('gives one of two calls in one request the value', async () => {
    const { visitor } = await visit({
      '/twice': async (ctx) => {
        ctx.body = { taken: await Promise.all([ctx.session.take('notice'), ctx.session.take('notice')]) }
      },
    })
    expect(await visitor.json('/twice')).to.deep.equal({ taken: ['Thank you.', null] })
  })

  it('gives back values that look empty', async () => {
    const values = [0, '', false, null, [], {}]
    const { client } = await start({
      '/put': (ctx) => void Object.assign(ctx.session, { ...values, kept: true }),
      '/take': async (ctx) => {
        const taken: unknown[] = []
        for (const key of Object.keys(values)) taken.push(await ctx.session.take(key))
        expect(taken).to.deep.equal(values)
        ctx.body = { left: Object.keys(ctx.session) }
      },
    })
    const visitor = client()
    await visitor.json('/put')
    expect(await visitor.json('/take')).to.deep.equal({ left: ['userId', 'label', 'seenAt', 'kept'] })
  })

  it('sets a column to its value in a new session', async () => {
    const { client, backend } = await start({
      '/put': (ctx) => void Object.assign(ctx.session, { label: 'a', kept: true }),
      '/take': async (ctx) => {
        const label: string | null | undefined = await ctx.session.take('label')
        ctx.body = { label, now: ctx.session.label }
      },
    })
    const visitor = client()
    await visitor.json('/put')
    expect(await visitor.json('/take')).to.deep.equal({ label: 'a', now: null })
    expect((await backend.row()).columns.label).to.equal(null)
    backend.takeCalls()
    expect(await visitor.json('/take')).to.deep.equal({ now: null })
    expect(backend.takeCalls()).to.deep.equal(['find'])
  })

  it('writes earlier changes too, and leaves later ones', async () => {
    const { visitor } = await visit({
      '/all': async (ctx) => {
        ctx.session.before = 1
        ctx.body = { notice: await ctx.session.take('notice') }
        ctx.session.after = 2
      },
    })
    expect(await visitor.json('/all')).to.deep.equal(notice)
    expect(await visitor.json('/'))
      .to.include({ before: 1, after: 2 })
      .and.not.have.property('notice')
  })

  it('takes what this request has set or changed', async () => {
    const { visitor } = await visit({
      '/set': async (ctx) => {
        ctx.session.notice = ['a']
        const list = ctx.session.notice as string[]
        list.push('b')
        ctx.body = { notice: await ctx.session.take('notice') }
      },
    })
    expect(await visitor.json('/set')).to.deep.equal({ notice: ['a', 'b'] })
    expect(await visitor.json('/take')).to.deep.equal({})
  })

  it('gives a value that may be changed, which changes nothing in the session', async () => {
    const { visitor, errors } = await visit({
      '/put': (ctx) => void Object.assign(ctx.session, { list: [1, 2] }),
      '/shift': async (ctx) => {
        const list = (await ctx.session.take('list')) as number[]
        list.shift()
        ctx.body = { list }
      },
    })
    await visitor.json('/put')
    expect(await visitor.json('/shift')).to.deep.equal({ list: [2] })
    expect(await visitor.json('/')).not.to.have.property('list')
    expect(errors).to.deep.equal([])
  })

  it('stays taken if the request fails afterwards', async () => {
    const { visitor } = await visit({
      '/fail': async (ctx) => {
        await ctx.session.take('notice')
        throw new Error('unexpected')
      },
    })
    expect(await visitor.status('/fail')).to.equal(500)
    expect(await visitor.json('/take')).to.deep.equal({})
  })

  it('works inside update(), and is undone with it', async () => {
    const { visitor, backend } = await visit({
      '/update': async (ctx) => {
        await ctx.session.update(async (session) => {
          session.last = await ctx.session.take('notice')
          expect(await ctx.session.take('notice')).to.equal(undefined)
          if (ctx.querystring) throw new RangeError('no')
        })
      },
    })
    expect(await visitor.status('/update?throw')).to.equal(500)
    expect(backend.takeCalls()).to.deep.equal(['find'])
    await visitor.json('/update')
    expect(await visitor.json('/'))
      .to.include({ last: 'Thank you.' })
      .and.not.have.property('notice')
  })

  it("reads the session first with load: 'lazy'", async () => {
    const { visitor, client, backend } = await visit({}, { load: 'lazy' })
    expect(await visitor.json('/take')).to.deep.equal(notice)
    expect(backend.takeCalls()).to.deep.equal(['find', 'update'])
    expect(await client().json('/take')).to.deep.equal({})
    expect(backend.takeCalls()).to.deep.equal([])
  })

  it('works after the response has begun', async () => {
    const { manager, visitor } = await visit()
    const late = await openSession(manager, visitor.id)
    late.close()
    expect(await late.take('notice')).to.equal('Thank you.')
    expect(await visitor.json('/take')).to.deep.equal({})
  })

  it('rejects with SESSION_GONE if the session was ended meanwhile', async () => {
    const { manager, visitor } = await visit()
    const slow = await openSession(manager, visitor.id)
    await manager.delete(visitor.id)
    await expectError('SESSION_GONE', () => slow.take('notice'))
    expect(await slow.take('notice')).to.equal(undefined)
  })

  it('takes nothing from a session that this request has ended', async () => {
    const { visitor } = await visit({
      '/logout': async (ctx) => {
        await ctx.session.destroy()
        await handlers['/take']?.(ctx)
      },
    })
    expect(await visitor.json('/logout')).to.deep.equal({})
  })

  it('refuses the name of a member, and a key that is no text', async () => {
    const { visitor } = await visit({
      '/': async (ctx) => {
        const { session } = ctx as unknown as { session: { take(key: unknown): Promise<unknown> } }
        for (const key of ['id', 'take']) await expectError('NAME_RESERVED', () => session.take(key))
        for (const key of [undefined, 1, Symbol('x'), ['notice']])
          await expectError('OPTION_INVALID', () => session.take(key))
        await ctx.session.update(() => expectError('NAME_RESERVED', () => session.take('id')))
      },
    })
    await visitor.json('/')
  })
})

describe('take() with an id that was replaced', () => {
  const afterwards = async (act: (ctx: Context) => unknown = () => {}) => {
    const site = await visit({ '/act': act })
    const old = site.visitor.copy()
    await site.visitor.json('/login')
    return { ...site, old }
  }

  it('takes from the session that there is now, once', async () => {
    const { visitor, old } = await afterwards()
    expect(await old.json('/take')).to.deep.equal(notice)
    expect(await old.json('/take')).to.deep.equal({})
    expect(await visitor.json('/'))
      .to.include({ userId: 1 })
      .and.not.have.property('notice')
  })

  it('finds nothing if the session has it no more', async () => {
    const { visitor, old } = await afterwards()
    expect(await visitor.json('/take')).to.deep.equal(notice)
    expect(await old.json('/take')).to.deep.equal({})
  })

  it('shows and takes nothing that was stored since', async () => {
    const { visitor, old } = await afterwards((ctx) => {
      ctx.session.notice = 'Only the user may see this.'
    })
    await visitor.json('/act')
    expect(await old.json('/take')).to.deep.equal({})
    expect(await visitor.json('/take')).to.deep.equal({ notice: 'Only the user may see this.' })
  })

  it('takes from it too if the request was under way', async () => {
    const [loaded, changed] = [latch(), latch()]
    const { visitor } = await visit({
      '/slow': async (ctx) => {
        loaded.open()
        await changed.promise
        await handlers['/take']?.(ctx)
      },
    })
    const slow = visitor.copy().json('/slow')
    await loaded.promise
    await visitor.json('/login')
    changed.open()
    expect(await slow).to.deep.equal(notice)
    expect(await visitor.json('/take')).to.deep.equal({})
  })
})
