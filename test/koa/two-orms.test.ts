import { expect } from 'chai'
import Koa from 'koa'
import { type SessionContext, SessionManager, session } from 'koa-session-model'
import type { OpenModel } from '../support/matrix.js'
import { sequelizeRows } from '../support/sequelize-rows.js'
import { typeormRows } from '../support/typeorm-rows.js'
import { serve } from './support/serve.js'

type Session = SessionContext<OpenModel['model']>['session']
type Context = Koa.ParameterizedContext<Koa.DefaultState, { session: Session; staff: Session }>

const [typeorm] = typeormRows
const [sequelize] = sequelizeRows

const handlers: Record<string, (ctx: Context) => unknown> = {
  '/both': async ({ session, staff }) => {
    await Promise.all([session.regenerate(), staff.regenerate()])
    Object.assign(session, { userId: 1, cart: ['book'] })
    Object.assign(staff, { userId: 2, label: 'owner' })
  },
  '/count': async ({ session, staff }) => {
    for (const each of [session, staff]) {
      await each.update((s) => {
        s.views = Number(s.views ?? 0) + 1
      })
    }
  },
  '/leave': ({ staff }) => staff.destroy(),
  '/fail': ({ session, staff }) => {
    session.lost = true
    staff.lost = true
    throw new Error('unexpected')
  },
}

/** A browser for two cookies. */
class Browser {
  readonly #jar = new Map<string, string>()
  constructor(readonly url: string) {}

  get ids(): (string | undefined)[] {
    return ['sid', 'staff'].map((key) => this.#jar.get(key))
  }

  async visit(path: string): Promise<unknown> {
    const headers = { Cookie: Array.from(this.#jar, ([name, value]) => `${name}=${value}`).join('; ') }
    const response = await fetch(this.url + path, { headers })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^(\w+)=([^;]*)/.exec(line) ?? []
      if (value) this.#jar.set(name, value)
      else this.#jar.delete(name)
    }
    const text = await response.text()
    return response.status === 200 ? JSON.parse(text) : response.status
  }
}

describe('TypeORM and Sequelize on one app', () => {
  let opened: OpenModel[]
  let managers: SessionManager<{ userId: number | null; label: string | null }>[]
  let browser: Browser

  beforeEach(async () => {
    opened = []
    for (const row of [typeorm, sequelize]) if (row) opened.push(await row.open({ table: 'koa_two_orms' }))
    const [users, staff] = opened as [OpenModel, OpenModel]
    managers = [
      new SessionManager({ model: users.model, cleanup: false }),
      new SessionManager({ model: staff.model, cleanup: false, key: 'staff', property: 'staff' }),
    ]
    const app = new Koa()
    app.silent = true
    for (const manager of managers) app.use(session(manager))
    app.use(async (ctx) => {
      await handlers[ctx.path]?.(ctx as unknown as Context)
      ctx.body = { session: Reflect.get(ctx, 'session'), staff: Reflect.get(ctx, 'staff') }
    })
    browser = new Browser(await serve(app))
  })
  afterEach(async () => {
    for (const { close } of opened) await close()
  })

  const both = {
    session: { userId: 1, label: null, cart: ['book'] },
    staff: { userId: 2, label: 'owner' },
  }

  it('keep a session each: two rows, two ids, two cookies', async () => {
    await browser.visit('/both')
    expect(await browser.visit('/')).to.deep.equal(both)
    const before = browser.ids
    await browser.visit('/both')
    expect(new Set([...before, ...browser.ids]).size).to.equal(4)
    expect(await browser.visit('/')).to.deep.equal(both)
    for (const { count } of opened) expect(await count('active')).to.equal(1)
  })

  it('count exactly, both', async () => {
    await browser.visit('/both')
    await Promise.all(Array.from({ length: 6 }, () => browser.visit('/count')))
    const { session, staff } = (await browser.visit('/')) as Record<string, unknown>
    expect([session, staff]).to.deep.equal([
      { ...both.session, views: 6 },
      { ...both.staff, views: 6 },
    ])
  })

  it('end one without the other', async () => {
    await browser.visit('/both')
    await browser.visit('/leave')
    expect(await browser.visit('/')).to.deep.equal({ ...both, staff: { userId: null, label: null } })
    expect(browser.ids[1]).to.equal(undefined)
    await managers[0]?.revoke({ userId: 1 })
    expect(await browser.visit('/')).to.have.nested.property('session.userId', null)
  })

  it('drop the changes of a failed request, both', async () => {
    await browser.visit('/both')
    expect(await browser.visit('/fail')).to.equal(500)
    expect(await browser.visit('/')).to.deep.equal(both)
  })

  it('keep nothing of a request whose second database fails', async () => {
    await browser.visit('/both')
    await opened[1]?.close()
    opened.pop()
    expect(await browser.visit('/count')).to.equal(503)
    expect(await managers[0]?.list({ userId: 1 })).to.have.length(1)
    expect((await managers[0]?.list({ userId: 1 }))?.[0]?.properties).not.to.have.property('views')
  })
})
