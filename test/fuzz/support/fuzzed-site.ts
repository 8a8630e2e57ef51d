import { createHash } from 'node:crypto'
import { expect } from 'chai'
import Koa from 'koa'
import { SessionManager, session } from 'koa-session-model'
import { type Columns, type Context, memory } from '../../koa/support/site.js'
import type { Call } from '../../koa/support/watched-backend.js'
import { Clock } from '../../support/clock.js'
import type { Ids } from './cookie-headers.js'

/** What a request found. */
export interface Visit {
  readonly header: string
  readonly isWriting: boolean
  readonly id: string
  readonly isNew: boolean
  readonly secret: unknown
}

/** What of a header could be a cookie with an id. Written without a look at how the library does it. */
const mayHoldId = /sid="?[A-Za-z0-9_-]{22}/

/** A site with one session, whose id nobody knows who sends rubbish. A path with a `w` writes to the session. */
export class FuzzedSite {
  readonly backend = memory()
  readonly manager: SessionManager<Columns>
  readonly app = new Koa()
  readonly errors: unknown[] = []
  readonly rejected: unknown[] = []
  visit: Visit | undefined

  private constructor() {
    this.manager = new SessionManager<Columns>({ backend: this.backend, cleanup: false, now: new Clock().now })
    this.manager.on('rejected', ({ reason }) => this.rejected.push(reason))
    this.app.on('error', (error) => this.errors.push(error))
    this.app.use(session(this.manager)).use((ctx: Context) => this.#answer(ctx))
  }

  static async start(): Promise<{ site: FuzzedSite; ids: Ids }> {
    const site = new FuzzedSite()
    const [valid, ended] = [idFrom('valid'), idFrom('ended')]
    for (const id of [valid, ended]) await site.manager.set(id, { secret: 'of the session' })
    await site.manager.delete(ended)
    site.backend.takeCalls()
    return { site, ids: { valid, others: [ended, site.manager.rowId(valid), site.manager.rowId(ended)] } }
  }

  #answer(ctx: Context): void {
    const { id, isNew, secret } = ctx.session
    const isWriting = ctx.path.includes('w')
    this.visit = { header: ctx.get('Cookie'), isWriting, id, isNew, secret }
    if (isWriting) ctx.session.count = Number(ctx.session.count ?? 0) + 1
    ctx.body = { id }
  }

  /** Checks what one request has done, and tells which kind it was. */
  async check({ valid }: Ids, cookies: readonly string[]): Promise<string> {
    const { visit } = this
    expect(this.errors.splice(0)).to.deep.equal([])
    if (!visit) throw new Error('The request did not arrive.')
    const calls = this.backend.takeCalls()
    const [reason] = this.rejected.splice(0)
    expect(calls.filter((call) => call === 'find').length).to.be.lessThanOrEqual(mayHoldId.test(visit.header) ? 2 : 0)
    if (reason === 'malformed') expect(calls).not.to.include('find')
    if (visit.isNew) await this.#checkNew(visit, valid, calls, cookies)
    else checkOpened(visit, valid, calls)
    if (new RegExp(`^sid=${valid}(;|$)`).test(visit.header)) expect(visit.isNew).to.equal(false)
    this.visit = undefined
    return visit.isNew ? `new, ${reason ?? 'no cookie of ours'}` : 'opened'
  }

  async #checkNew({ id, header, isWriting, secret }: Visit, valid: string, calls: Call[], cookies: readonly string[]) {
    expect(secret).to.equal(undefined)
    expect(id)
      .to.match(/^[\w-]{43}$/)
      .and.not.equal(valid)
    expect(header).not.to.contain(id)
    expect(calls.filter((call) => call !== 'find')).to.deep.equal(isWriting ? ['insert'] : [])
    expect(cookies.map((line) => line.split(';')[0])).to.deep.equal(isWriting ? [`sid=${id}`] : [])
    if (!isWriting) return
    const stored = createHash('sha256').update(id).digest('hex')
    expect(await this.backend.inner.delete([stored])).to.equal(1)
  }
}

/** An id that is the same in every run, so that a seed gives the same headers. */
function idFrom(word: string): string {
  return createHash('sha256').update(word).digest('base64url')
}

function checkOpened({ header, id, secret, isWriting }: Visit, valid: string, calls: Call[]): void {
  expect(header).to.contain(valid)
  expect({ id, secret }).to.deep.equal({ id: valid, secret: 'of the session' })
  expect(calls).to.deep.equal(isWriting ? ['find', 'update'] : ['find'])
}
