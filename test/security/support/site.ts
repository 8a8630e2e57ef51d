import { text } from 'node:stream/consumers'
import Koa from 'koa'
import { type SessionContext, SessionManager, type SessionPolicy, session } from 'koa-session-model'
import type { TestColumns } from 'koa-session-model/testing'
import { afterEach, describe } from 'mocha'
import { serve } from '../../koa/support/serve.js'
import { Clock } from '../../support/clock.js'
import { type MatrixRow, type OpenModel, type OpenOptions, reachable } from '../../support/matrix.js'
import { sequelizeRows } from '../../support/sequelize-rows.js'
import { typeormRows } from '../../support/typeorm-rows.js'
import { Browser } from './browser.js'

export type Context = Koa.ParameterizedContext<Koa.DefaultState, SessionContext<OpenModel['model']>>

/** What a site answers, by path. Without a body the answer is an empty object. */
export type Handlers = Readonly<Record<string, (ctx: Context, manager: SessionManager<TestColumns>) => unknown>>

/** The options besides `model`. None means the defaults. */
export type Options = SessionPolicy<TestColumns> & { readonly proxy?: boolean }

/** A Koa app on a database, behind a proxy that ends TLS. */
export interface Site {
  readonly opened: OpenModel
  readonly manager: SessionManager<TestColumns>
  readonly clock: Clock
  readonly url: string
  /** What Koa reported as errors. */
  readonly errors: unknown[]
  /** The statements that were sent since the last time. */
  takeStatements(): string[]
  browser(): Browser
}

export type Start = (handlers?: Handlers, options?: Options) => Promise<Site>

/** The embedded database of each ORM. */
export const bothOrms: readonly MatrixRow[] = [typeormRows, sequelizeRows].flatMap((rows) => rows.slice(0, 1))

/** Each ORM on every database that can be reached. */
export const everyDatabase: readonly MatrixRow[] = await reachable([...typeormRows, ...sequelizeRows])

/** Defines the tests of `suite` for each row. */
export function onEach(rows: readonly MatrixRow[], suite: (start: Start) => void): void {
  for (const row of rows) {
    describe(`on ${row.name}`, () => suite((handlers, options) => start(row, handlers, options)))
  }
}

/** What every site of these tests can do; a test adds its own. */
const usual: Handlers = {
  '/visit': (ctx) => {
    ctx.session.cart = ['book']
  },
  '/login': async (ctx) => {
    await ctx.session.regenerate()
    const { user = 1 } = ctx.query
    ctx.session.userId = Number(user)
    ctx.session.label = `user ${user}`
    ctx.session.secret = 'of the user'
  },
  '/demote': async (ctx) => {
    await ctx.session.regenerate({ grace: 0 })
    ctx.session.label = 'a user with less rights'
  },
  '/logout': (ctx) => ctx.session.destroy(),
  '/me': (ctx) => {
    ctx.body = { ...ctx.session, isNew: ctx.session.isNew }
  },
}

const open: { close(): unknown }[] = []

afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function start(row: MatrixRow, handlers: Handlers = {}, options: Options = {}): Promise<Site> {
  const clock = new Clock()
  const statements: string[] = []
  const onStatement = (sql: string): void => void statements.push(sql)
  const opened = await emptyTable(row, { table: 'security', now: clock.now, onStatement })
  const { proxy = true, ...policy } = options
  const manager = new SessionManager<TestColumns>({ model: opened.model, ...policy })
  open.push(manager, opened)
  const errors: unknown[] = []
  const app = new Koa({ proxy })
  app.on('error', (error) => errors.push(error))
  app.use(session(manager)).use(async (ctx) => {
    ctx.status = 200
    await (handlers[ctx.path] ?? usual[ctx.path])?.(ctx, manager)
    if (ctx.status === 200) ctx.body ??= {}
  })
  const url = await serve(app)
  const takeStatements = (): string[] => statements.splice(0)
  takeStatements()
  return { opened, manager, clock, url, errors, takeStatements, browser: () => new Browser(url) }
}

const tablesOf = new Set<MatrixRow>()

/** Creates the table only where there is none: on a server that takes longer than a test does. */
async function emptyTable(row: MatrixRow, options: OpenOptions): Promise<OpenModel> {
  const create = row.server === undefined || !tablesOf.has(row)
  tablesOf.add(row)
  const opened = await row.open({ ...options, create })
  if (create) return opened
  try {
    await opened.execute('DELETE FROM ?')
    return opened
  } catch {
    await opened.close()
    return row.open(options)
  }
}

/** The JSON that a request has brought. */
export async function bodyOf(ctx: Context): Promise<Record<string, unknown>> {
  return JSON.parse(await text(ctx.req))
}
