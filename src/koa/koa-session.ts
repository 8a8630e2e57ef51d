import type { RequestSession } from '../core/manager/request-session.js'
import type { SessionManager } from '../core/manager/session-manager.js'
import type { KoaContext } from './context.js'
import { ResponseCookie, type SessionCookie } from './cookie.js'

/** The session of one request, which is made when somebody asks for it: most requests without a cookie never do. */
export class KoaSession {
  readonly manager: SessionManager
  /** That of another manager on the same request, if there is one. */
  before: KoaSession | undefined
  /** Whether it has been opened, and is a property of the context. */
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

  /** The name that it has on the context. */
  get property(): string {
    return this.manager.options.property
  }

  /** The name that the cookie has on this request. */
  get cookieName(): string {
    return this.#cookie.nameOn(this.#ctx)
  }

  /** The session, if somebody has asked for it, or the request has a cookie. */
  get made(): RequestSession | undefined {
    return this.#session
  }

  get session(): RequestSession {
    this.#session ??= this.#make(undefined)
    return this.#session
  }

  /** Opens what the cookie of the request holds. Nothing is to be waited for if it has none. */
  open(): Promise<void> | undefined {
    this.manager.refuseClosed()
    const found = this.#cookie.read(this.#ctx)
    if (found === undefined) return undefined
    if (found === 'malformed') {
      this.manager.refuseMalformed()
      return undefined
    }
    this.#session = this.#make(found.id)
    return this.manager.options.load === 'eager' ? this.#session.load() : undefined
  }

  /** After the commit: what is asked for from now on cannot be changed. */
  end(): void {
    this.#isOver = true
    this.#session?.close()
  }

  #make(id: string | undefined): RequestSession {
    const session = this.manager.openRequest(id, new ResponseCookie(this.#cookie, this.#ctx))
    if (this.#isOver) session.close()
    return session
  }
}
