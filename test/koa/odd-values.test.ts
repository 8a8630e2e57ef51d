import { expect } from 'chai'
import Koa from 'koa'
import { type SessionContext, SessionManager, session } from 'koa-session-model'
import { type MatrixRow, type OpenModel, reachable } from '../support/matrix.js'
import { sequelizeRows } from '../support/sequelize-rows.js'
import { typeormRows } from '../support/typeorm-rows.js'
import { Client } from './support/client.js'
import { meeting } from './support/latch.js'
import { serve } from './support/serve.js'

type Context = Koa.ParameterizedContext<Koa.DefaultState, SessionContext<OpenModel['model']>>

const keys = [
  '__proto__',
  'constructor',
  'toString',
  'then',
  'hasOwnProperty',
  '',
  '0',
  'naïve 漢字 👩‍👩‍👧',
  'a\u0000b',
  '\ud800',
]
const values = [
  0,
  false,
  '',
  null,
  [],
  {},
  [null, 0, false, ''],
  'naïve 漢字 👩‍👩‍👧 \u0000',
  { ['__proto__']: { deep: 0 } },
]

/** Every key has a value, and every value a key. */
const odd = keys.map((key, index) => [key, values[index % values.length]] as const)
const many = Array.from({ length: 10_000 }, (_, index) => [`key ${index}`, index % 2 ? index : 0] as const)

function handlers(): Record<string, (ctx: Context) => unknown> {
  const meet = meeting(keys.length)
  const index = (ctx: Context) => Number(ctx.query.index)
  return {
    '/many': (ctx) => {
      for (const [key, value] of many) ctx.session[key] = value
    },
    '/begin': (ctx) => {
      ctx.session.label = ''
    },
    '/one': async (ctx) => {
      const [key = '', value] = odd[index(ctx)] ?? []
      await meet()
      if (index(ctx) % 2) ctx.session[key] = value
      else
        await ctx.session.update((session) => {
          session[key] = value
        })
    },
    '/login': async (ctx) => {
      await ctx.session.regenerate()
      Object.assign(ctx.session, { userId: 0, label: '' })
    },
    '/remove': (ctx) => {
      for (const key of keys) delete ctx.session[key]
      ctx.session.label = undefined as never
    },
    '/has': (ctx) => {
      ctx.body = keys.map((key) => [key in ctx.session, Object.hasOwn(ctx.session, key)])
    },
    '/': (ctx) => {
      ctx.body = Object.entries(ctx.session)
    },
  }
}

async function startOn(open: MatrixRow['open'], table: string) {
  const opened = await open({ table })
  const manager = new SessionManager({ model: opened.model, cleanup: false })
  const paths = handlers()
  const app = new Koa().use(session(manager)).use(async (ctx) => {
    ctx.body = {}
    await paths[ctx.path]?.(ctx)
  })
  const visitor = new Client(await serve(app), 'sid')
  return { ...opened, visitor, entries: async () => new Map((await visitor.json('/')) as [string, unknown][]) }
}

for (const { name, open } of await reachable([...typeormRows, ...sequelizeRows])) {
  describe(`odd keys and falsy values on ${name}`, () => {
    let site: Awaited<ReturnType<typeof startOn>>

    beforeEach(async () => {
      site = await startOn(open, `koa_odd_${name.replace(/\W+/g, '_').toLowerCase()}`)
    })
    afterEach(() => site.close())

    it('survive requests that write them at the same time, 10,000 others, a login, and their removal', async () => {
      const { visitor, entries } = site
      await visitor.json('/begin')
      await Promise.all(keys.map((_, index) => visitor.copy().json(`/one?index=${index}`)))
      await visitor.json('/many')
      const all = new Map<string, unknown>([['userId', null], ['label', ''], ...many, ...odd])
      expect(await entries()).to.deep.equal(all)
      expect(await visitor.json('/has')).to.deep.equal(keys.map(() => [true, true]))
      await visitor.json('/login')
      expect(await entries()).to.deep.equal(new Map([...all, ['userId', 0], ['label', '']]))
      await visitor.json('/remove')
      expect(await entries()).to.deep.equal(new Map([['userId', 0], ['label', null], ...many]))
      expect(await visitor.json('/has')).to.deep.equal(keys.map(() => [false, false]))
    })
  })
}
