import { createHmac } from 'node:crypto'
import { expect } from 'chai'
import { SessionManager, type SessionPolicy } from 'koa-session-model'
import { expectError } from '../support/errors.js'
import { type Handlers, memory, type Options, start } from './support/site.js'

const secret = 'keyboard cat'
const oldId = 'Wi3yqUVXGLzcUDYCBFsLjK9gTtnTZpNM'
const handlers: Handlers = {
  '/': async (ctx) => {
    await ctx.session.load()
    ctx.body = { userId: ctx.session.userId ?? null, cart: ctx.session.cart ?? null }
  },
  '/buy': (ctx) => {
    ctx.session.cart = 1
  },
  '/login': async (ctx) => {
    await ctx.session.regenerate()
    ctx.session.userId = 9
  },
  '/logout': (ctx) => ctx.session.destroy(),
  '/forget': (ctx) => {
    ctx.session = null
  },
  '/fail': (ctx) => ctx.throw(500),
  '/late': (ctx) => {
    ctx.respond = false
    ctx.res.write('{}')
    ctx.session.cart = 2
    setImmediate(() => ctx.res.end())
  },
}

function expressCookie(id: string, key = secret, name = 'connect.sid'): string {
  const signature = createHmac('sha256', key).update(id).digest('base64').replace(/=+$/, '')
  return `${name}=${encodeURIComponent(`s:${id}.${signature}`)}`
}

function koaCookie(id: string, name = 'koa.sid'): string {
  const signature = createHmac('sha1', secret).update(`${name}=${id}`).digest('base64url')
  return `${name}=${id}; ${name}.sig=${signature}`
}

/** A site whose table has the row of an old session of user 7. */
async function site(options: Options = {}, rowId = oldId) {
  const backend = memory()
  const adopt = { cookie: 'connect.sid', secret }
  const opened = await start(handlers, { adopt, ...options }, backend)
  const old = new SessionManager({ backend, hashIds: false, cleanup: false, now: opened.clock.now })
  await old.set(rowId, { userId: 7 })
  const request = async (path: string, cookie: string, headers: Record<string, string> = {}) => {
    const response = await fetch(opened.url + path, { headers: { ...headers, cookie } })
    const [line = ''] = response.headers.getSetCookie()
    return { status: response.status, text: await response.text(), set: line.split(';')[0] ?? '' }
  }
  return { ...opened, old, request }
}

const user7 = '{"userId":7,"cart":null}'
const nobody = '{"userId":null,"cart":null}'

describe('the option adopt', () => {
  for (const load of ['eager', 'lazy'] as const) {
    it(`keeps users of express-session logged in, and gives them a cookie once (${load})`, async () => {
      const { request, old, clock, manager, backend, errors } = await site({ load })
      const first = await request('/', expressCookie(oldId))
      expect(first).to.deep.include({ status: 200, text: user7 })
      expect(first.set).to.match(/^sid=[\w-]{43}$/)
      expect(first.set).not.to.contain(oldId)
      expect(await old.get(oldId)).to.equal(undefined)
      expect((await manager.get(first.set.slice(4)))?.userId).to.equal(7)
      const second = await request('/', `${first.set}; ${expressCookie(oldId)}`)
      expect(second).to.deep.equal({ status: 200, text: user7, set: '' })
      clock.pass(11_000)
      expect(await request('/', expressCookie(oldId))).to.deep.equal({ status: 200, text: nobody, set: '' })
      expect((await backend.list({ userId: 7 }, new Date(clock.now()), 9)).length).to.equal(1)
      expect(errors).to.deep.equal([])
    })
  }

  it('keeps users of koa-session and koa-generic-session logged in', async () => {
    const adopt = { cookie: 'koa.sid', secret: ['newer', secret], prefix: 'koa:sess:' }
    const { request } = await site({ adopt }, `koa:sess:${oldId}`)
    expect(await request('/', `koa.sid=${oldId}`)).to.deep.include({ text: nobody, set: '' })
    const { text, set } = await request('/', koaCookie(oldId))
    expect(text).to.equal(user7)
    expect((await request('/', set)).text).to.equal(user7)
  })

  it('opens nothing without the right signature', async () => {
    const { request, old } = await site()
    for (const cookie of [
      `connect.sid=${oldId}`,
      `connect.sid=s%3A${oldId}`,
      expressCookie(oldId, 'other'),
      `${expressCookie(oldId)}x`,
      koaCookie(oldId, 'connect.sid').replace('.sig=', '.sig=x'),
      expressCookie('unknown'),
      expressCookie('~row'),
    ]) {
      expect(await request('/', cookie), cookie).to.deep.equal({ status: 200, text: nobody, set: '' })
    }
    expect((await old.get(oldId))?.userId).to.equal(7)
  })

  it('reads the old name where ours has a prefix', async () => {
    const { request } = await site({ proxy: true })
    const https = { 'X-Forwarded-Proto': 'https' }
    const { text, set } = await request('/', expressCookie(oldId), https)
    expect(text).to.equal(user7)
    expect(set).to.match(/^__Host-sid=/)
    expect((await request('/', set, https)).text).to.equal(user7)
  })

  it('tells an old cookie with the name of ours by its signature', async () => {
    const { request } = await site({ key: 'koa.sess', adopt: { cookie: 'koa.sess', secret } })
    const { text, set } = await request('/', koaCookie(oldId, 'koa.sess'))
    expect(text).to.equal(user7)
    const [, signature] = koaCookie(oldId, 'koa.sess').split('; ')
    expect(await request('/', `${set}; ${signature}`)).to.deep.equal({ status: 200, text: user7, set: '' })
  })

  it('leaves the row where it is with hashIds: false, so that the old app still finds it', async () => {
    const { request, old } = await site({ hashIds: false })
    const { text, set } = await request('/', expressCookie(oldId))
    expect({ text, set }).to.deep.equal({ text: user7, set: `sid=${oldId}` })
    expect((await old.get(oldId))?.userId).to.equal(7)
    expect(await request('/', set)).to.deep.include({ text: user7, set: '' })
  })

  it('serves requests that come at once, and leaves one session', async () => {
    const { request, manager, backend, clock, errors } = await site()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => request(n % 2 ? '/' : '/buy', expressCookie(oldId))),
    )
    expect(answers.every(({ status }) => status === 200)).to.equal(true)
    const sets = new Set(answers.map(({ set }) => set).filter((set) => set !== ''))
    expect(sets.size).to.equal(1)
    const [set = ''] = sets
    expect(await manager.get(set.slice(4))).to.deep.include({ userId: 7, cart: 1 })
    expect((await backend.list({ userId: 7 }, new Date(clock.now()), 9)).length).to.equal(1)
    expect(errors).to.deep.equal([])
  })

  it('writes changes, logs in and logs out in the request that adopts', async () => {
    const changed = await site()
    const { set } = await changed.request('/buy', expressCookie(oldId))
    expect((await changed.request('/', set)).text).to.equal('{"userId":7,"cart":1}')
    const loggedIn = await site()
    const login = await loggedIn.request('/login', expressCookie(oldId))
    expect((await loggedIn.request('/', login.set)).text).to.equal('{"userId":9,"cart":null}')
    const loggedOut = await site()
    await loggedOut.request('/logout', expressCookie(oldId))
    expect((await loggedOut.request('/', expressCookie(oldId))).text).to.equal(nobody)
    expect(await loggedOut.old.get(oldId)).to.equal(undefined)
  })

  it('logs out without reading the session', async () => {
    const { request, old } = await site({ load: 'lazy' })
    await request('/forget', expressCookie(oldId))
    expect(await old.get(oldId)).to.equal(undefined)
  })

  it('leaves the old session alone if a request fails or has begun its response', async () => {
    const { request, old, errors } = await site()
    expect(await request('/fail', expressCookie(oldId))).to.deep.include({ status: 500, set: '' })
    expect((await old.get(oldId))?.userId).to.equal(7)
    expect(await request('/late', expressCookie(oldId))).to.deep.include({ status: 200, set: '' })
    for (let tries = 0; tries < 100 && !(await old.get(oldId))?.cart; tries++) await request('/none', '')
    expect(await old.get(oldId)).to.deep.include({ userId: 7, cart: 2 })
    expect(errors.length).to.equal(1)
    expect((await request('/', expressCookie(oldId))).set).to.match(/^sid=/)
  })

  it('may be a function', async () => {
    const adopt: SessionPolicy['adopt'] = ({ headers }) => (headers.cookie === 'mine=1' ? oldId : undefined)
    const { request } = await site({ adopt })
    expect((await request('/', 'mine=2')).text).to.equal(nobody)
    expect((await request('/', 'mine=1')).text).to.equal(user7)
    const wrong = await site({ adopt: (async () => oldId) as never })
    expect((await wrong.request('/', 'mine=1')).status).to.equal(500)
    expect(wrong.errors[0]).to.have.property('code', 'OPTION_INVALID')
  })

  it('is refused without a secret, and its error shows none', async () => {
    const make = (adopt: unknown) => () => new SessionManager({ backend: memory(), cleanup: false, adopt } as never)
    for (const secret of [undefined, '', [], ['a', ''], 5]) {
      await expectError('OPTION_INVALID', make({ cookie: 'connect.sid', secret }))
    }
    for (const adopt of [
      5,
      null,
      { secret: 'a' },
      { cookie: 'a b', secret: 'a' },
      { cookie: 'a', secret: 'a', prefix: 5 },
    ]) {
      await expectError('OPTION_INVALID', make(adopt))
    }
    expect(make({ cookie: 'a', secret: ['very secret', 5] }))
      .to.throw()
      .with.property('message')
      .that.does.not.contain('very secret')
    await expectError('OPTION_UNKNOWN', make({ cookie: 'a', secrets: ['a'] }))
    const manager = new SessionManager({
      backend: memory(),
      cleanup: false,
      adopt: { cookie: 'a', secret: 'very secret' },
    })
    expect(JSON.stringify(manager.options)).to.not.contain('very secret')
  })
})
