import { oldIdOf } from '../core/manager/adopted-id.js'
import type { RequestSession } from '../core/manager/request-session.js'
import type { SessionManager } from '../core/manager/session-manager.js'
import type { KoaContext } from './context.js'
import type { IdChannel } from './id-channel.js'

/** The session of one request in Koa. It is created on first use: most requests without an id never use it. */
export class KoaSession {
  readonly manager: SessionManager
  /** The session of another manager on the same request, if there is one. */
  before: KoaSession | undefined
  /** Whether the session has been opened, and is a property of the context. */
  isExposed = false
  /** Whether the request has ended the session by `ctx.session = null`, and has not set another one. */
  isNull = false
  readonly #ctx: KoaContext
  readonly #channel: IdChannel
  #session: RequestSession | undefined
  #isOver = false

  constructor(ctx: KoaContext, manager: SessionManager, channel: IdChannel) {
    this.#ctx = ctx
    this.manager = manager
    this.#channel = channel
  }

  /** The name of the property on the context. */
  get property(): string {
    return this.manager.options.property
  }

  /** The name of the cookie on this request; `undefined` if ids do not travel in the cookie. */
  get cookieName(): string | undefined {
    return this.#channel.nameOn(this.#ctx)
  }

  /** The session, if it was used or the request carries an id; `undefined` otherwise. */
  get made(): RequestSession | undefined {
    return this.#session
  }

  /** The session. Created on first use. */
  get session(): RequestSession {
    this.#session ??= this.#make(undefined)
    return this.#session
  }

  /** Opens the session whose id the request carries. Returns `undefined` instead of a promise if there is nothing to wait for. */
  open(): Promise<void> | undefined {
    this.manager.assertOpen()
    const found = this.#channel.read(this.#ctx)
    const old = this.#channel.mayAdopt(this.#ctx, found) ? oldIdOf(this.#ctx.req, this.manager.options) : undefined
    if (old === undefined && found === undefined) return undefined
    if (old === undefined && found === 'malformed') {
      this.manager.reportMalformed()
      return undefined
    }
    this.#session = old === undefined ? this.#make((found as { id: string }).id) : this.#make(old, true)
    return this.manager.options.load === 'eager' ? this.#session.load() : undefined
  }

  /** Ends the request's access: the session cannot be changed from now on. */
  close(): void {
    this.#isOver = true
    this.#session?.close()
  }

  #make(id: string | undefined, isOld = false): RequestSession {
    const session = this.manager.openRequest(id, this.#channel.sinkOf(this.#ctx, isOld), isOld)
    if (this.#isOver) session.close()
    return session
  }
}
