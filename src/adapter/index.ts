export type { RequestSession } from '../core/manager/request-session.js'
export type { SessionStore, StoredSession, StoreOptions, StoreOutcome } from '../core/manager/session-store.js'
export type { CookieSink } from '../core/session/cookie-sink.js'
export { type CookieAttributes, readCookie, setCookieHeader } from './cookie-text.js'
