import { PassThrough, Readable } from 'node:stream'
import { setImmediate as nextTick } from 'node:timers/promises'
import { expect } from 'chai'
import type { Client } from './support/client.js'
import { type Context, type Handlers, type Options, type Site, start } from './support/site.js'

/** What becomes of `ctx.session.views = 2` in a session with `views: 1`, or of the session, and of its cookie. */
type Outcome = readonly [saved: 'saved' | 'not saved' | 'ended', cookie: 'set' | 'cleared' | 'none']

interface Situation {
  readonly act: (ctx: Context, site: Site) => unknown
  readonly outcome: Outcome
  readonly status?: number
  readonly options?: Options
  /** Seconds between the request before and this one. */
  readonly pause?: number
  readonly before?: (site: Site, visitor: Client) => unknown
}

const write = ({ session }: Context): void => {
  session.views = 2
}

const begin = (ctx: Context): void => {
  ctx.respond = false
  ctx.res.writeHead(200)
  ctx.res.write('begun')
}

/** The handler that writes, and then does this. */
const writing =
  (act: (ctx: Context) => unknown) =>
  async (ctx: Context): Promise<void> => {
    write(ctx)
    await act(ctx)
  }

const end = ({ manager }: Site): unknown => manager.revoke({ userId: 1 })
const twoDays = 2 * 86_400

const situations: Readonly<Record<string, Situation>> = {
  'only read': { act: ({ session }) => session.views, outcome: ['not saved', 'none'] },
  'read after touchAfter': { act: () => {}, pause: twoDays, outcome: ['not saved', 'set'] },
  'read after touchAfter, and a 500': {
    act: (ctx) => ctx.throw(500),
    status: 500,
    pause: twoDays,
    outcome: ['not saved', 'set'],
  },
  'read after touchAfter, with rolling: false': {
    act: () => {},
    pause: twoDays,
    options: { rolling: false },
    outcome: ['not saved', 'none'],
  },
  JSON: { act: writing((ctx) => Object.assign(ctx, { body: {} })), pause: twoDays, outcome: ['saved', 'set'] },
  HTML: { act: writing((ctx) => Object.assign(ctx, { body: '<p>' })), pause: twoDays, outcome: ['saved', 'set'] },
  'a write before touchAfter': { act: write, pause: 86_400, outcome: ['saved', 'none'] },
  "a write after touchAfter, with rolling: 'writes'": {
    act: write,
    pause: twoDays,
    options: { rolling: 'writes' },
    outcome: ['saved', 'set'],
  },
  'a write before touchAfter, and touch()': {
    act: writing(({ session }) => session.touch()),
    outcome: ['saved', 'set'],
  },
  'a write with touchAfter: 0': { act: write, pause: 1, options: { touchAfter: 0 }, outcome: ['saved', 'set'] },
  'a write after touchAfter, with rolling: false': {
    act: write,
    pause: twoDays,
    options: { rolling: false },
    outcome: ['saved', 'none'],
  },
  'a redirect': { act: writing((ctx) => ctx.redirect('/')), status: 302, pause: twoDays, outcome: ['saved', 'set'] },
  'a stream': {
    act: writing((ctx) => Object.assign(ctx, { body: Readable.from(['a']) })),
    pause: twoDays,
    outcome: ['saved', 'set'],
  },
  'server-sent events': {
    act: (ctx) => {
      const events = new PassThrough()
      ctx.type = 'text/event-stream'
      ctx.body = events
      write(ctx)
      ctx.res.once('pipe', () => events.end('data: x\n\n'))
    },
    pause: twoDays,
    outcome: ['saved', 'set'],
  },
  'update() when the header is sent': {
    act: (ctx) => {
      const body = new PassThrough()
      ctx.body = body
      ctx.res.once('pipe', async () => {
        body.write('begun')
        await ctx.session.update((session) => Object.assign(session, { views: 2 }))
        body.end()
      })
    },
    outcome: ['saved', 'none'],
  },
  'ctx.respond = false, and a header after save()': {
    act: writing(async (ctx) => {
      await ctx.session.save()
      begin(ctx)
      ctx.res.end()
    }),
    pause: twoDays,
    outcome: ['saved', 'set'],
  },
  'ctx.respond = false, and a header before the commit': {
    act: writing((ctx) => {
      begin(ctx)
      ctx.res.end()
    }),
    outcome: ['saved', 'none'],
  },
  'ctx.respond = false, and a header after the commit': {
    act: writing((ctx) => {
      ctx.respond = false
      void nextTick().then(() => ctx.res.end())
    }),
    pause: twoDays,
    outcome: ['saved', 'set'],
  },
  'ctx.throw(401)': { act: writing((ctx) => ctx.throw(401)), status: 401, pause: twoDays, outcome: ['saved', 'set'] },
  'an unexpected error': {
    act: writing(() => Promise.reject(new TypeError('unexpected'))),
    status: 500,
    outcome: ['not saved', 'none'],
  },
  'a status of 500': {
    act: writing((ctx) => Object.assign(ctx, { status: 500 })),
    status: 500,
    outcome: ['not saved', 'none'],
  },
  'save(), then an unexpected error': {
    act: writing((ctx) => ctx.session.save().then(() => Promise.reject(new TypeError('unexpected')))),
    status: 500,
    pause: twoDays,
    outcome: ['saved', 'set'],
  },
  'a 500 that keepChanges keeps': {
    act: writing((ctx) => ctx.throw(500)),
    status: 500,
    options: { keepChanges: () => true },
    pause: twoDays,
    outcome: ['saved', 'set'],
  },
  'destroy()': { act: ({ session }) => session.destroy(), outcome: ['ended', 'cleared'] },
  'ctx.session = null, and an unexpected error': {
    act: (ctx) => {
      ctx.session = null
      throw new TypeError('unexpected')
    },
    status: 500,
    outcome: ['ended', 'cleared'],
  },
  'destroy() when the header is sent': {
    act: async (ctx) => {
      begin(ctx)
      await ctx.session.destroy()
      ctx.res.end()
    },
    outcome: ['ended', 'none'],
  },
  'regenerate()': { act: writing(({ session }) => session.regenerate()), outcome: ['saved', 'set'] },
  'regenerate() when the header is sent': {
    act: writing(async (ctx) => {
      begin(ctx)
      await ctx.session.regenerate()
      ctx.res.end()
    }),
    outcome: ['not saved', 'none'],
  },
  'a session that was ended meanwhile, written': {
    act: async (ctx, site) => {
      await end(site)
      write(ctx)
    },
    outcome: ['ended', 'cleared'],
  },
  'a session that was ended meanwhile, only read': {
    act: async (ctx, site) => {
      await end(site)
      ctx.body = ctx.session
    },
    outcome: ['ended', 'none'],
  },
  "a session that was ended meanwhile, with onGone: 'throw'": {
    act: async (ctx, site) => {
      await end(site)
      write(ctx)
    },
    status: 401,
    options: { onGone: 'throw' },
    outcome: ['ended', 'cleared'],
  },
  'a session that was ended before, only read': {
    act: ({ session }) => session.views,
    before: end,
    outcome: ['ended', 'none'],
  },
  "load: 'lazy', never loaded, after touchAfter": {
    act: () => {},
    pause: twoDays,
    before: (_, visitor) => visitor.json('/'),
    options: { load: 'lazy' },
    outcome: ['not saved', 'none'],
  },
  exclude: {
    act: (ctx) => expect(ctx.session).to.equal(undefined),
    options: { exclude: '/act' },
    outcome: ['not saved', 'none'],
  },
}

async function goThrough({ act, status = 200, options = {}, pause = 0, before = () => {} }: Situation) {
  const handlers: Handlers = {
    '/begin': (ctx) => {
      Object.assign(ctx.session, { userId: 1, views: 1 })
    },
    '/act': (ctx) => act(ctx, site),
  }
  const site: Site = await start(handlers, options)
  const visitor = site.client()
  await visitor.json('/begin')
  await before(site, visitor)
  site.clock.pass(pause)
  const response = await visitor.request('/act')
  await response.text()
  expect(response.status).to.equal(status)
  const [cookie, ...others] = response.headers.getSetCookie()
  expect(others).to.deep.equal([])
  const [row] = await site.backend.rows()
  const saved = row ? (row.data?.includes('"views":2') ? 'saved' : 'not saved') : 'ended'
  const told = cookie === undefined ? 'none' : visitor.cookie === undefined ? 'cleared' : 'set'
  return [saved, told]
}

describe('a stored session', () => {
  for (const [name, situation] of Object.entries(situations)) {
    it(`is ${situation.outcome[0]}, cookie ${situation.outcome[1]}: ${name}`, async () => {
      expect(await goThrough(situation)).to.deep.equal(situation.outcome)
    })
  }
})
