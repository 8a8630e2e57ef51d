/**
 * A store for koa-session.
 *
 * @module koa-session-model/koa-session
 */

export { type KoaSessionStore, type KoaSessionStoreOptions, koaSessionStore } from './koa-session-store.js'
