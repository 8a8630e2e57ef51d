import type { RequestSession } from '../core/manager/request-session.js'
import type { SessionManager } from '../core/manager/session-manager.js'
import type { KoaContext } from './context.js'
import { ResponseCookie, type SessionCookie } from './cookie.js'

/** The session of one request in Koa. It is created on first use: most requests without a cookie never use it. */
export class KoaSession {
  readonly manager: SessionManager
  /** The session of another manager on the same request, if there is one. */
  before: KoaSession | undefined
  /** Whether the session has been opened, and is a property of the context. */
  isExposed = false
  readonly #ctx: KoaContext
  readonly #cookie: SessionCookie
  #session: RequestSession | undefined
  #isOver = false

  constructor(ctx: KoaContext, manager: SessionManager, cookie: SessionCookie) {
    this.#ctx = ctx
    this.manager = manager
    this.#cookie = cookie
  }

  /** The name of the property on the context. */
  get property(): string {
    return this.manager.options.property
  }

  /** The name of the cookie on this request. */
  get cookieName(): string {
    return this.#cookie.nameOn(this.#ctx)
  }

  /** The session, if it was used or the request has a cookie; `undefined` otherwise. */
  get made(): RequestSession | undefined {
    return this.#session
  }

  /** The session. Created on first use. */
  get session(): RequestSession {
    this.#session ??= this.#make(undefined)
    return this.#session
  }

  /** Opens the session of the request's cookie. Returns `undefined` instead of a promise if there is nothing to wait for. */
  open(): Promise<void> | undefined {
    this.manager.assertOpen()
    const found = this.#cookie.read(this.#ctx)
    if (found === undefined) return undefined
    if (found === 'malformed') {
      this.manager.reportMalformed()
      return undefined
    }
    this.#session = this.#make(found.id)
    return this.manager.options.load === 'eager' ? this.#session.load() : undefined
  }

  /** Ends the request's access: the session cannot be changed from now on. */
  close(): void {
    this.#isOver = true
    this.#session?.close()
  }

  #make(id: string | undefined): RequestSession {
    const session = this.manager.openRequest(id, new ResponseCookie(this.#cookie, this.#ctx))
    if (this.#isOver) session.close()
    return session
  }
}
