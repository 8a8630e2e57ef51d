/**
 * A store for `express-session`, NestJS and `@fastify/session`.
 *
 * @module koa-session-model/express-session
 */

export { type ExpressSessionStoreOptions, expressSessionStore } from './express-session-store.js'
export type { HostStore, SessionHost, SessionRows } from './host.js'
