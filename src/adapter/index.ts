export type { RequestSession } from '../core/manager/request-session.js'
export type { CookieSink } from '../core/session/cookie-sink.js'
export { type CookieAttributes, readCookie, setCookieHeader } from './cookie-text.js'
