import { gone, SessionError } from '../core/errors.js'
import type { SessionManager } from '../core/manager/session-manager.js'
import type { StoreOutcome } from '../core/manager/session-store.js'
import { kindOf } from '../core/options/kinds.js'
import { assertKnown } from '../core/options/unknown-options.js'
import { check, invalidOption, oneOf, shown } from '../core/validation.js'
import { RequestSessions } from './kept-session.js'

/** What koa-session passes to a store besides the session. */
interface HostOptions {
  /** The context of the request. koa-session passes it since 6.1. */
  readonly ctx?: object
  readonly rolling?: unknown
  readonly changed?: unknown
}

/** The options of {@link koaSessionStore}. */
export interface KoaSessionStoreOptions {
  /**
   * What it is when the session of a request was ended meanwhile: `'throw'` for an error, `SESSION_GONE`, which Koa answers with
   * 401; `'ignore'` to drop what the request has changed. Default: the option of the manager.
   */
  readonly onGone?: 'ignore' | 'throw'
}

/** A store for koa-session. Each method rejects with `HOST_TOO_OLD` if it is not told of the request. */
export interface KoaSessionStore {
  /** The session with this key, or `undefined`. Writes nothing. */
  get(key: string, maxAge?: unknown, options?: HostOptions): Promise<Record<string, unknown> | undefined>
  /**
   * Stores the session. Of one that the request has loaded, only the properties that differ are changed in the row.
   * @throws `DATA_NOT_SERIALIZABLE`, `NAME_RESERVED` or `DATA_TOO_LARGE`, and then nothing is stored; `SESSION_GONE` with
   * `onGone: 'throw'`.
   */
  set(key: string, session: object, maxAge?: unknown, options?: HostOptions): Promise<void>
  /** Ends the session. It is no error if there is none. */
  destroy(key: string, options?: HostOptions): Promise<void>
  /** The store as a class, for koa-session's option `ContextStore`. */
  readonly ContextStore: new (
    ctx: object,
  ) => Omit<KoaSessionStore, 'ContextStore'>
}

/**
 * Makes a store for koa-session 6.1 or later, which keeps its cookie, its options and its `ctx.session`.
 *
 * Requests that change different properties both win, and what somebody has ended is never written back. The model's columns are
 * properties of `ctx.session`. The session lives as long as koa-session's `maxAge` says, and no longer than the manager's
 * `absoluteTimeout`; with koa-session's `maxAge: 'session'`, as long as the manager's `maxAge` says.
 *
 * @throws `OPTION_INVALID` for anything but a manager, `OPTION_UNKNOWN`, or `MANAGER_CLOSED`.
 * @see https://github.com/koajs/session#external-session-stores
 *
 * @example
 * ```ts
 * import Koa from 'koa'
 * import session from 'koa-session'
 * import { MemorySessionBackend, SessionManager } from 'koa-session-model'
 * import { koaSessionStore } from 'koa-session-model/koa-session'
 *
 * const manager = new SessionManager({ backend: new MemorySessionBackend() })
 * const app = new Koa()
 * app.keys = ['a secret of your own']
 * app.use(session({ store: koaSessionStore(manager), maxAge: 86_400_000 }, app))
 * ```
 */
export function koaSessionStore<Columns extends object, Data extends object>(
  manager: SessionManager<Columns, Data>,
  options: KoaSessionStoreOptions = {},
): KoaSessionStore {
  refuseOther(manager)
  assertKnown('koaSessionStore()', options, ['onGone'])
  const { onGone = manager.options.onGone } = options
  check('onGone', onGone, oneOf('ignore', 'throw'), "'ignore' or 'throw'")
  manager.assertOpen()
  return storeOf(manager as never, onGone)
}

/** Functions that need no `this`: some versions of koa-session copy the store's methods. */
function storeOf(manager: SessionManager, onGone: 'ignore' | 'throw'): KoaSessionStore {
  const requests = new WeakMap<object, RequestSessions>()
  const sessionsOf = (options: HostOptions | undefined): RequestSessions => {
    const ctx = requestIn(options)
    const sessions = requests.get(ctx) ?? new RequestSessions(manager)
    requests.set(ctx, sessions)
    return sessions
  }
  const settle = (outcome: StoreOutcome): void => {
    if (outcome === 'gone' && onGone === 'throw') throw gone()
  }
  const get: KoaSessionStore['get'] = async (key, _maxAge, options) => sessionsOf(options).of(key).load()
  const set: KoaSessionStore['set'] = async (key, session, maxAge, options) =>
    settle(await sessionsOf(options).of(key).write(session, maxAge))
  const destroy: KoaSessionStore['destroy'] = async (key, options) => {
    await sessionsOf(options).of(key).end()
  }
  return { get, set, destroy, ContextStore: contextStoreOf({ get, set, destroy }) }
}

function contextStoreOf({ get, set, destroy }: Omit<KoaSessionStore, 'ContextStore'>): KoaSessionStore['ContextStore'] {
  return class ContextStore {
    readonly #request: HostOptions

    constructor(ctx: object) {
      this.#request = { ctx }
    }

    get(key: string, maxAge?: unknown): ReturnType<typeof get> {
      return get(key, maxAge, this.#request)
    }

    set(key: string, session: object, maxAge?: unknown): Promise<void> {
      return set(key, session, maxAge, this.#request)
    }

    destroy(key: string): Promise<void> {
      return destroy(key, this.#request)
    }
  }
}

function requestIn(options: HostOptions | undefined): object {
  const ctx = options?.ctx
  if (typeof ctx === 'object' && ctx !== null) return ctx
  throw new SessionError(
    'HOST_TOO_OLD',
    'The store was called without the request: { ctx }, which koa-session passes since version 6.1. Update koa-session, or ' +
      'give it ContextStore: store.ContextStore instead of store. In scripts use manager.get(), set() and delete().',
  )
}

function refuseOther(manager: unknown): void {
  const { store, options } = (manager ?? {}) as Partial<SessionManager>
  if (typeof store?.load === 'function' && options) return
  const takes = 'a SessionManager: koaSessionStore(new SessionManager({ model: Sessions }))'
  throw invalidOption('manager', kindOf(manager) ?? shown(manager), takes)
}
