import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Latch, latch } from '../koa/support/latch.js'
import type { BothHandlers, BothSite } from './support/both-sites.js'
import type { HostContext } from './support/host-site.js'

/** One row of the table on the page, tried on koa-session and on our middleware. */
export interface Feature {
  /** What the browser does, and what is seen. Default: asks for `/`. */
  readonly act?: (site: BothSite) => Promise<unknown>
  readonly handlers: BothHandlers
  /** What is seen with koa-session. */
  readonly theirs: unknown
  /** What is seen here, if that is something else. */
  readonly ours?: unknown
}

const set = (name: string, value: unknown) => (ctx: HostContext) => {
  ctx.session[name] = value
}
const show = (name: string) => (ctx: HostContext) => {
  ctx.body = { seen: ctx.session?.[name] }
}
const seen = async ({ visitor }: BothSite, path: string) => ((await visitor.json(path)) as { seen?: unknown }).seen
const seenAfter = (path: string) => async (site: BothSite) => {
  await site.visitor.json(path)
  return seen(site, '/')
}
const codeOf = ({ errors }: BothSite) => (errors[0] as { code?: string } | undefined)?.code
const assign = (value: unknown) => (ctx: HostContext) => void Object.assign(ctx, { session: value })
const sizes = ({ session }: HostContext) => [session.populated, session.length]
const login = { '/login': set('n', 1) }

/** By the first cell of its row. */
export const features: Readonly<Record<string, Feature>> = {
  '`populated`, `length`': {
    handlers: {
      '/': (ctx) => {
        const before = sizes(ctx)
        ctx.session.a = null
        ctx.body = { seen: [before, sizes(ctx)] }
      },
    },
    theirs: [
      [false, 0],
      [true, 1],
    ],
  },
  '`ctx.session = null`, then reading': {
    handlers: {
      '/': (ctx) => {
        assign(null)(ctx)
        ctx.body = { seen: ctx.session }
      },
    },
    theirs: null,
  },
  '`ctx.session = null`, then an object': {
    handlers: {
      ...login,
      '/again': (ctx) => {
        assign(null)(ctx)
        assign({ n: 2 })(ctx)
      },
      '/': show('n'),
    },
    act: async (site) => {
      await site.visitor.json('/login')
      const { id } = site.visitor
      await site.visitor.json('/again')
      return [site.visitor.id === id, await seen(site, '/'), await site.count()]
    },
    theirs: [true, 2, 1],
    ours: [false, 2, 1],
  },
  '`ctx.session = { a: 1, maxAge: 60000 }`': {
    handlers: {
      '/set': assign({ a: 1, maxAge: 5000 }),
      '/': (ctx) => {
        ctx.body = { seen: [ctx.session.a, ctx.session.maxAge, Object.keys(ctx.session).includes('maxAge')] }
      },
    },
    act: seenAfter('/set'),
    theirs: [1, 5000, false],
  },
  "`ctx.session = 'text'`": {
    handlers: { '/': assign('text') },
    act: ({ visitor }) => visitor.status('/'),
    theirs: 500,
  },
  '`hasOwnProperty()`': {
    handlers: {
      '/has': (ctx) => {
        ctx.session.a = 1
        // biome-ignore lint/suspicious/noPrototypeBuiltins: it is what is tested
        ctx.body = { seen: [ctx.session.hasOwnProperty('a'), ctx.session.hasOwnProperty('b')] }
      },
    },
    act: (site) => seen(site, '/has'),
    theirs: [true, false],
  },
  '`manuallyCommit()`': {
    handlers: {
      '/commit': async (ctx) => {
        ctx.session.n = 1
        await ctx.session.manuallyCommit()
        throw new Error('later')
      },
      '/': show('n'),
    },
    act: async (site) => {
      await site.visitor.status('/commit')
      return site.count()
    },
    theirs: 1,
  },
  '`externalKey`': {
    handlers: { ...login, '/': show('externalKey') },
    act: async (site) => {
      await site.visitor.json('/login')
      return (await seen(site, '/')) === site.visitor.id
    },
    theirs: true,
  },
  '`toJSON()`': {
    handlers: {
      ...login,
      '/': (ctx) => {
        ctx.body = { seen: ctx.session.toJSON }
        ctx.body = { seen: JSON.parse(JSON.stringify(ctx.session)) }
      },
    },
    act: seenAfter('/login'),
    theirs: { n: 1 },
    ours: { n: 1, userId: null, label: null, seenAt: null },
  },
  '`maxAge`': {
    handlers: { '/set': (ctx) => Object.assign(ctx.session, { n: 1, maxAge: 5000 }), '/': show('maxAge') },
    act: seenAfter('/set'),
    theirs: 5000,
  },
  "`maxAge = 'session'`": {
    handlers: { '/': (ctx) => Object.assign(ctx.session, { n: 1, maxAge: 'session' }) },
    act: async (site) => [await site.visitor.status('/'), codeOf(site)],
    theirs: [200, undefined],
    ours: [500, 'OPTION_INVALID'],
  },
  '`save()` of an empty session': {
    handlers: { '/': (ctx) => ctx.session.save() },
    act: async (site) => {
      await site.visitor.json('/')
      return site.count()
    },
    theirs: 1,
    ours: 0,
  },
  '`isNew` after `save()`': {
    handlers: {
      '/': async (ctx) => {
        ctx.session.n = 1
        const before = ctx.session.isNew
        await ctx.session.save()
        ctx.body = { seen: [before, ctx.session.isNew] }
      },
    },
    theirs: [true, true],
    ours: [true, false],
  },
  '`regenerate()`': {
    handlers: { ...login, '/new': (ctx) => ctx.session.regenerate(), '/': show('n') },
    act: async (site) => {
      await site.visitor.json('/login')
      const { id } = site.visitor
      await site.visitor.json('/new')
      return [site.visitor.id === id, await seen(site, '/')]
    },
    theirs: [false, 1],
  },
  'names such as `_x`': {
    handlers: { '/set': (ctx) => Object.assign(ctx.session, { n: 1, _x: 1 }), '/': show('_x') },
    act: seenAfter('/set'),
    theirs: undefined,
    ours: 1,
  },
  'names such as `id`, `expires` and `save`': {
    handlers: { '/set': set('id', 5), '/': show('id') },
    act: async (site) => [await site.visitor.status('/set'), codeOf(site)],
    theirs: [200, undefined],
    ours: [500, 'NAME_RESERVED'],
  },
  'what JSON cannot hold, such as functions': {
    handlers: { '/': set('list', [() => 1]) },
    act: async (site) => [await site.visitor.status('/'), codeOf(site)],
    theirs: [200, undefined],
    ours: [500, 'DATA_NOT_SERIALIZABLE'],
  },
  'a request that fails with status 500': {
    handlers: {
      ...login,
      '/fail': (ctx) => {
        ctx.session.n = 2
        throw new Error('unexpected')
      },
      '/': show('n'),
    },
    act: async (site) => {
      await site.visitor.json('/login')
      await site.visitor.status('/fail')
      return seen(site, '/')
    },
    theirs: 2,
    ours: 1,
  },
}

/** Lets a slow request wait while a fast one does its work; gives what is seen then. */
export function slowAgainst(fast: (ctx: HostContext) => unknown): Pick<Feature, 'handlers' | 'act'> {
  const byApp = new WeakMap<object, { arrived: Latch; goOn: Latch }>()
  const latches = (app: object) => {
    const found = byApp.get(app) ?? { arrived: latch(), goOn: latch() }
    byApp.set(app, found)
    return found
  }
  return {
    handlers: {
      ...login,
      '/slow': async (ctx) => {
        const { arrived, goOn } = latches(ctx.app)
        arrived.open()
        await goOn.promise
        ctx.session.slow = true
      },
      '/fast': fast,
      '/': (ctx) => {
        ctx.body = { seen: [ctx.session.slow ?? null, ctx.session.fast ?? null] }
      },
    },
    act: async (site) => {
      await site.visitor.json('/login')
      const other = site.visitor.copy()
      const slow = site.visitor.copy().status('/slow')
      await latches(site.app).arrived.promise
      await site.visitor.json('/fast')
      latches(site.app).goOn.open()
      await slow
      await nextTurn()
      return (((await other.json('/')) as { seen?: unknown }).seen as unknown[]).concat(await site.count())
    },
  }
}
