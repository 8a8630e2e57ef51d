export { type ExpressSessionStoreOptions, expressSessionStore } from './express-session-store.js'
export type { HostStore, SessionHost, SessionRows } from './host.js'
