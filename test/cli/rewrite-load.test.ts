import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type { Client } from '../koa/support/client.js'
import { type Context, type Handlers, type Site as KoaSite, type memory, start } from '../koa/support/site.js'
import { cliRows, type Site, siteOf } from './support/site.js'

const table = 'cli_loaded'
/** What requests of one session do: all hold it, read before the command begins, until the command is over. */
const visits: Readonly<Record<string, readonly string[]>> = {
  nobody: [],
  reader: ['/read'],
  writers: ['/write?key=a', '/write?key=b'],
  'a logout': ['/logout'],
  'a logout among writers': ['/write?key=a', '/logout', '/write?key=b'],
  'a login': ['/login'],
}
const names = Object.keys(visits)
const isOver = (name: string): boolean => name.includes('logout')

/** An app whose requests wait before their commit until they are let go. */
class HeldApp {
  waiting = 0
  #release = (): void => {}
  readonly #gate = new Promise<void>((resolve) => {
    this.#release = resolve
  })

  readonly handlers: Handlers = {
    '/who': (ctx) => this.#answer(ctx),
    '/read': (ctx) => this.#answer(ctx, true),
    '/write': async (ctx) => {
      Object.assign(ctx.session, { [`note_${ctx.query.key}`]: 1 })
      await this.#answer(ctx, true)
    },
    '/login': async (ctx) => {
      await this.#answer(ctx, true)
      await ctx.session.regenerate()
    },
    '/logout': async (ctx) => {
      await this.#answer(ctx, true)
      ctx.session = null
    },
  }

  release(): void {
    this.#release()
  }

  async #answer(ctx: Context, isHeld = false): Promise<void> {
    ctx.body = { ...ctx.session.toJSON() }
    if (!isHeld) return
    this.waiting++
    await this.#gate
  }
}

for (const row of cliRows.filter(({ name, server }) => server && name.startsWith('TypeORM'))) {
  describe(`rehash while requests run: ${row.name}`, () => {
    let site: Site

    beforeEach(async () => {
      site = await siteOf(row, table)
    })
    afterEach(() => site.close())

    it('loses no session, ends none twice and brings none back', async () => {
      const raw = site.managerWith({ hashIds: false })
      const ids: string[] = []
      for (let n = 0; n < names.length; n++) ids.push((await raw.create({ userId: n })).id)
      const app = new HeldApp()
      const koa = await serve(site, app)
      const visited = names.map((name, n) => visit(koa, ids[n] ?? '', visits[name] ?? []))
      const all = Object.values(visits).flat().length
      while (app.waiting < all) await sleep(5)
      const done = await site.json<{ rewritten: number; failed: number }>(['rehash', '--yes', '--batch', '2'])
      expect(done).to.include({ rewritten: names.length, failed: 0 })
      app.release()
      const outcomes = await Promise.all(visited)
      for (const [n, name] of names.entries()) {
        const { statuses, cookies } = outcomes[n] ?? { statuses: [], cookies: [] }
        const rows = await koa.manager.list({ userId: n })
        expect(rows, name).to.have.length(isOver(name) ? 0 : 1)
        expect(
          statuses.filter((status) => status !== 200 && !(isOver(name) && status === 401)),
          name,
        ).to.deep.equal([])
        const seen = await Promise.all(cookies.map((cookie) => Object.assign(koa.client(), { cookie }).json('/who')))
        const userId = isOver(name) ? null : n
        expect(seen, name).to.deep.equal(seen.map((one) => ({ ...(one as object), userId })))
        // The cookie from before shows the session as it was then.
        if (name === 'writers') expect(seen).to.deep.include({ userId, label: null, note_a: 1, note_b: 1 })
      }
    })
  })
}

function serve(site: Site, app: HeldApp): Promise<KoaSite> {
  const { backend } = site.managerWith().options
  return start(app.handlers, { hashIds: 'migrate', now: Date.now }, backend as unknown as ReturnType<typeof memory>)
}

/** Sends the requests of one session at once. Resolves to their statuses, and to all cookies that the browser had. */
async function visit(koa: KoaSite, id: string, paths: readonly string[]) {
  const clients: Client[] = paths.map(() => Object.assign(koa.client(), { cookie: id }))
  const statuses = await Promise.all(clients.map((client, n) => client.status(paths[n] ?? '')))
  return { statuses, cookies: [...new Set([id, ...clients.map(({ cookie }) => cookie ?? 'none')])] }
}
