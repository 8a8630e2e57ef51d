import { Readable } from 'node:stream'
import { expect } from 'chai'
import Koa from 'koa'
import { session } from 'koa-session-model'
import { type RawResponse, versions } from './support/raw-requests.js'
import { type Context, memory } from './support/site.js'

type Middleware = (ctx: Koa.Context, next: () => Promise<unknown>) => unknown

/** A login. With `save`, what the cookie says is known before the handler ends. */
const logIn = async (ctx: Context): Promise<void> => {
  ctx.cookies.set('theirs', '1')
  ctx.session.userId = 1
  await ctx.session.save()
  ctx.body = 'in'
}

function app(outside: Middleware, inside: (ctx: Context) => unknown = logIn): Pick<Koa, 'callback'> {
  const app = new Koa()
  app.silent = true
  app.use(outside)
  app.use(session({ backend: memory(), cleanup: false })).use(inside)
  return app
}

function namesOf({ cookies }: RawResponse): string[] {
  return cookies.map((line) => line.slice(0, line.indexOf('=')))
}

/** That the response has our cookie, once, and is kept out of caches. */
function expectOurs(response: RawResponse): void {
  const { 'cache-control': cache, vary } = response.headers
  expect(response.cookies.filter((line) => /^sid=[\w-]{43}; path=\/; .*httponly/.test(line))).to.have.length(1)
  expect(namesOf(response).filter((name) => name.trim() === 'sid')).to.have.length(1)
  expect(`${cache}`).to.match(/(^|, )no-store$/)
  expect(`${vary}`).to.match(/(^|, )Cookie$/)
}

const afterwards =
  (act: (ctx: Koa.Context) => unknown): Middleware =>
  async (ctx, next) => {
    await next()
    await act(ctx)
  }

/** A hook as the package `on-headers` sets it. */
function onHeaders(res: Koa.Context['res'], listener: () => void): void {
  const send = res.writeHead as (...values: unknown[]) => never
  res.writeHead = (...values: unknown[]) => {
    listener()
    return send.apply(res, values)
  }
}

const flat = ['Set-Cookie', 'up=1', 'Cache-Control', 'public', 'Vary', 'Accept', 'Set-Cookie', 'up=2']
const pairs = [
  ['Set-Cookie', 'up=1'],
  ['Set-Cookie', 'up=2'],
  ['Cache-Control', 'public'],
  ['Vary', 'Accept'],
]
const fields = { 'set-cookie': ['up=1', 'up=2'], 'CACHE-CONTROL': 'public', vary: 'Accept' }

function byHand(...values: unknown[]): Middleware {
  return afterwards((ctx) => {
    ctx.respond = false
    ctx.remove('Content-Length')
    Reflect.apply(ctx.res.writeHead, ctx.res, [200, ...values])
    ctx.res.end('by hand')
  })
}

/** What others do to the header, and the cookies of others that the response has then. */
const doings: Readonly<Record<string, readonly [outside: Middleware, others: readonly string[]]>> = {
  'sets Cache-Control and Vary': [
    afterwards((ctx) => ctx.set({ 'Cache-Control': 'public, max-age=300', Vary: 'Accept' })),
    ['theirs'],
  ],
  'removes all three': [
    afterwards((ctx) => ['Set-Cookie', 'Cache-Control', 'Vary'].map((name) => ctx.remove(name))),
    [],
  ],
  'removes every header': [afterwards(({ res }) => res.getHeaderNames().map((name) => res.removeHeader(name))), []],
  'copies the headers of another server': [
    afterwards((ctx) => ctx.set({ 'set-cookie': 'up=1', vary: 'Origin' })),
    ['up'],
  ],
  'copies several cookies': [
    afterwards((ctx) => ctx.set('Set-Cookie', ['up=1', 'sid=evil', 'more=2'])),
    ['up', 'more'],
  ],
  'sets the cookie by Node': [afterwards(({ res }) => res.setHeader('SET-COOKIE', 'sid=evil; path=/x')), []],
  'adds a second one of our name': [afterwards((ctx) => ctx.append('Set-Cookie', ' sid =evil')), ['theirs']],
  'sets a cookie of our name by Koa': [afterwards((ctx) => ctx.cookies.set('sid', 'evil')), ['theirs']],
  'removes our cookie by Koa': [afterwards((ctx) => ctx.cookies.set('sid', null, { overwrite: true })), ['theirs']],
  'sets cookies with names like ours': [
    afterwards((ctx) => ['sid.sig=a', 'sid2=b', 'SID=c', 'xsid=d'].map((line) => ctx.append('Set-Cookie', line))),
    ['theirs', 'sid.sig', 'sid2', 'SID', 'xsid'],
  ],
  'writes the head itself': [byHand(), ['theirs']],
  'writes the head with an object': [byHand(fields), ['up', 'up']],
  'writes the head with a reason and an object': [byHand('Fine', fields), ['up', 'up']],
  'writes the head with names and values in turn': [byHand(flat), ['up', 'up']],
  'writes the head with pairs': [byHand(pairs), ['up', 'up']],
  'writes the head with pairs, and undefined before them': [byHand(undefined, pairs), ['up', 'up']],
  'flushes the headers': [
    afterwards((ctx) => {
      ctx.set('Cache-Control', 'public')
      ctx.flushHeaders()
    }),
    ['theirs'],
  ],
  'had a hook of its own before': [
    (ctx, next) => {
      onHeaders(ctx.res, () => {
        ctx.res.setHeader('Cache-Control', 'public')
        ctx.res.setHeader('Set-Cookie', ['up=1', 'sid=evil'])
        ctx.res.removeHeader('Vary')
      })
      return next()
    },
    ['up'],
  ],
  'has a hook of its own afterwards': [
    afterwards(({ res }) => onHeaders(res, () => res.setHeader('Set-Cookie', 'sid=evil'))),
    [],
  ],
  redirects: [
    afterwards((ctx) => {
      ctx.redirect('/there')
      ctx.set('Cache-Control', 'public')
    }),
    ['theirs'],
  ],
  'answers 204': [afterwards((ctx) => Object.assign(ctx, { body: null })), ['theirs']],
  'answers 304': [
    afterwards((ctx) => {
      ctx.status = 304
      ctx.set('Cache-Control', 'public')
    }),
    ['theirs'],
  ],
  'sends a stream': [
    afterwards((ctx) => {
      ctx.body = Readable.from(['a', 'b'])
      ctx.set('Cache-Control', 'public')
    }),
    ['theirs'],
  ],
  'throws an error with headers': [
    afterwards(() => {
      throw Object.assign(new Error('no'), {
        headers: { 'Set-Cookie': ['up=1', 'sid=evil'], 'cache-control': 'public' },
      })
    }),
    ['up'],
  ],
  'throws a status': [
    afterwards(() => {
      throw { status: 401 }
    }),
    [],
  ],
  'throws text': [
    afterwards(() => {
      throw 'text'
    }),
    [],
  ],
  'throws what is frozen': [
    afterwards(() => {
      throw Object.freeze({ status: 403, headers: Object.freeze({ 'Set-Cookie': 'sid=evil' }) })
    }),
    [],
  ],
}

for (const [version, ask] of versions) {
  describe(`the headers of a session over ${version} are the last word where a middleware outside`, () => {
    for (const [what, [outside, others]] of Object.entries(doings)) {
      it(what, async () => {
        const response = await ask(app(outside))
        expectOurs(response)
        expect(namesOf(response).filter((name) => name !== 'sid')).to.have.members(others)
      })
    }

    it('sets headers for the answer to HEAD', async () => {
      expectOurs(await ask(app(afterwards((ctx) => ctx.set('Cache-Control', 'public'))), 'HEAD'))
    })

    it('sends early hints first', async () => {
      const outside = afterwards((ctx) => {
        ctx.res.writeEarlyHints({ link: '</a.css>; rel=preload' })
        ctx.set('Cache-Control', 'public')
      })
      expectOurs(await ask(app(outside)))
    })

    it('has a session of its own', async () => {
      const app = new Koa()
      app.use(afterwards((ctx) => ctx.set({ 'Set-Cookie': 'up=1', 'Cache-Control': 'public', Vary: '*' })))
      app.use(session({ backend: memory(), cleanup: false }))
      app.use(session({ backend: memory(), cleanup: false, key: 'staff', property: 'staff' }))
      app.use((ctx) => {
        ctx.session.userId = 1
        Reflect.set(Reflect.get(ctx, 'staff'), 'userId', 2)
        ctx.body = 'in'
      })
      const response = await ask(app)
      expect(namesOf(response)).to.have.members(['up', 'sid', 'staff'])
      expect(response.headers).to.include({ 'cache-control': 'public, no-store', vary: '*' })
    })

    it('has nothing to say where the session has not', async () => {
      const headers = { 'Set-Cookie': ['sid=theirs', 'sid=theirs'], 'Cache-Control': 'public', Vary: 'Accept' }
      const response = await ask(
        app(
          afterwards((ctx) => ctx.set(headers)),
          (ctx) => {
            ctx.body = { userId: ctx.session.userId }
          },
        ),
      )
      expect(response.cookies).to.deep.equal(['sid=theirs', 'sid=theirs'])
      expect(response.headers).to.include({ 'cache-control': 'public', vary: 'Accept' })
    })

    it('sets the cookie of an ended session again', async () => {
      const response = await ask(
        app(
          afterwards((ctx) => ctx.set('Set-Cookie', 'sid=again')),
          async (ctx) => {
            await logIn(ctx)
            await ctx.session.destroy()
          },
        ),
      )
      expect(response.cookies).to.have.length(1)
      expect(response.cookies[0]).to.match(/^sid=; path=\/; expires=Thu, 01 Jan 1970/)
    })

    it('gives Node a head that is none', async () => {
      let refused: unknown
      const outside = afterwards((ctx) => {
        try {
          Reflect.apply(ctx.res.writeHead, ctx.res, [200, ['Odd']])
        } catch (error) {
          refused = error
        }
      })
      expectOurs(await ask(app(outside)))
      expect(refused).to.have.property('code', 'ERR_INVALID_ARG_VALUE')
    })
  })
}
