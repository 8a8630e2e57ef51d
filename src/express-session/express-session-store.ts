import type { SessionManager } from '../core/manager/session-manager.js'
import { assertKnown } from '../core/options/unknown-options.js'
import type { SessionData } from '../core/session/session-types.js'
import { check, invalidOption, isFunction, isObject, shown } from '../core/validation.js'
import type { HostBase, HostStore, SessionHost } from './host.js'
import { StoreCalls } from './store-calls.js'
import { storeOf } from './store-class.js'

/** The options of {@link expressSessionStore}. */
export interface ExpressSessionStoreOptions {
  /**
   * Called if a request wants to store a session that was ended since the request loaded it. Nothing is stored. An error that
   * it throws, or rejects with, is passed to the host; such a request then fails. Default: the request goes on.
   */
  readonly onGone?: (id: string) => unknown
}

const isHost = (value: unknown): value is { readonly Store: new () => HostBase } =>
  (isObject(value) || isFunction(value)) && isFunction((value as { Store?: unknown }).Store)
const isManager = (value: unknown): value is SessionManager =>
  isObject(value) && isObject(value.store) && isFunction(value.assertOpen)
const mayBeFunction = (value: unknown): value is ExpressSessionStoreOptions['onGone'] =>
  value === undefined || isFunction(value)

/**
 * A store for `express-session`, with which NestJS works too, or for `@fastify/session`. It keeps the sessions of the
 * manager: a session that was ended stays ended, and requests that change different keys both win.
 *
 * @param session The package, as the app imports it. The store extends its `Store`.
 * @param manager Its `maxAge` is for sessions whose cookie has none. Its `absoluteTimeout` limits all of them.
 * @throws `OPTION_INVALID`, `OPTION_UNKNOWN`, or `MANAGER_CLOSED`.
 * @see docs/express-session.md
 *
 * @example
 * ```ts
 * import session from 'express-session'
 * import { MemorySessionBackend, SessionManager } from 'koa-session-model'
 * import { expressSessionStore } from 'koa-session-model/express-session'
 *
 * const manager = new SessionManager({ backend: new MemorySessionBackend() })
 * const store = expressSessionStore(session, manager)
 * session({ store, secret: 'a long random text', resave: false, saveUninitialized: false })
 * manager.close()
 * ```
 */
export function expressSessionStore<
  Host extends SessionHost,
  Columns extends object,
  Data extends object = SessionData,
>(session: Host, manager: SessionManager<Columns, Data>, options: ExpressSessionStoreOptions = {}): HostStore<Host> {
  const { Store } = check('session', session, isHost, "the package itself, as in import session from 'express-session'")
  const checked = check('manager', manager, isManager, 'a SessionManager')
  assertKnown('expressSessionStore()', options, ['onGone'])
  const onGone = check('onGone', options.onGone, mayBeFunction, 'a function')
  checked.assertOpen()
  const columns = new Set(checked.options.backend.columns.map(({ name }) => name))
  if (columns.has('cookie')) throw invalidOption('manager', shown(manager), "one whose model has no column 'cookie'")
  return storeOf(Store, new StoreCalls(checked, columns, onGone)) as unknown as HostStore<Host>
}
