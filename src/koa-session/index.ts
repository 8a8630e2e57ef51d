export { type KoaSessionStore, type KoaSessionStoreOptions, koaSessionStore } from './koa-session-store.js'
