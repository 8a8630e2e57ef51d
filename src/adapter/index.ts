/**
 * What the adapter of a web framework needs.
 *
 * @module koa-session-model/adapter
 */

export { oldIdOf as readOldCookie } from '../core/manager/adopted-id.js'
export type { RequestSession } from '../core/manager/request-session.js'
export type { SessionStore, StoredSession, StoreOptions, StoreOutcome } from '../core/manager/session-store.js'
export type { CookieSink } from '../core/session/cookie-sink.js'
export { type CookieAttributes, readCookie, setCookieHeader } from './cookie-text.js'
