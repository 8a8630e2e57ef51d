import { expect } from 'chai'
import Koa from 'koa'
import { SessionManager, session } from 'koa-session-model'
import { Client } from '../../../koa/support/client.js'
import { serve } from '../../../koa/support/serve.js'
import type { Columns, Opened } from './databases.js'

/** Values that no log may show. */
export const secrets = {
  email: 's3cret\'"o`@example.org',
  text: 'S3CRET it\'s "quoted" `so`',
  cart: 'S3CRETCART',
}

/** What a visitor does who is logged in. */
export type Deed = 'read' | 'write' | 'email' | 'long' | 'wrong' | 'large'

const deeds: Readonly<Record<Deed, (session: Record<string, unknown>) => unknown>> = {
  read: (session) => session.cart,
  write: (session) => Object.assign(session, { cart: secrets.cart, n: Math.random() }),
  email: (session) => Object.assign(session, { email: secrets.email, cart: secrets.cart }),
  long: (session) => Object.assign(session, { label: secrets.text }),
  wrong: (session) => Object.assign(session, { userId: secrets.text }),
  large: (session) => Object.assign(session, { cart: secrets.cart.repeat(100_000) }),
}

/** A visitor of a Koa app that logs as Koa does by default. */
export interface Site {
  readonly manager: SessionManager<Columns>
  /** What the log has after the visitor has logged in and done this. */
  logAfter(deed: Deed): Promise<string>
  /** What the log has after a new visitor has come. */
  logAfterNewcomer(): Promise<string>
}

/** Starts a Koa app on the model, with a visitor who is logged in. */
export async function siteOf({ model }: Pick<Opened, 'model'>, isLoggedIn = true): Promise<Site> {
  const manager = new SessionManager({ model, cleanup: false })
  const app = new Koa()
  app.use(session(manager)).use(async (ctx) => {
    await deeds[ctx.path.slice(1) as Deed](ctx.session as never)
    ctx.body = {}
  })
  const url = await serve(app)
  const client = new Client(url, manager.options.key)
  if (isLoggedIn) await client.json('/write')
  const visit = async (visitor: Client, deed: Deed): Promise<string> => {
    const { id } = visitor.cookie === undefined ? { id: 'x'.repeat(43) } : visitor
    const lines: unknown[] = []
    const { error } = console
    console.error = (line: unknown) => lines.push(line)
    try {
      const status = await visitor.status(`/${deed}`)
      expect(status, lines.join('\n')).to.equal(503)
    } finally {
      console.error = error
    }
    const log = lines.join('\n')
    const hidden = [id, manager.rowId(id), 'S3CRET', 's3cret', 'quoted', 'example.org', 'p4ssw0rd']
    for (const secret of hidden) expect(log).not.to.contain(secret)
    return log
  }
  return {
    manager,
    logAfter: (deed) => visit(client, deed),
    logAfterNewcomer: () => visit(new Client(url, manager.options.key), 'write'),
  }
}
