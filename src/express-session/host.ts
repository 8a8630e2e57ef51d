import type { EventEmitter } from 'node:events'

/** The package of a host, as the app imports it: `express-session`, or `@fastify/session`. */
export interface SessionHost {
  /** The class that the host's stores extend. */
  readonly Store: object
}

/** Sessions as rows, for pages of an administrator. Callbacks are called once. */
export interface SessionRows {
  /** The data of every living session, at most 100000, the one that expires first at the front. Nobody knows the ids. */
  all(callback?: (error?: unknown, sessions?: object[]) => void): void
  /** How many sessions are alive; at most 100000. */
  length(callback?: (error?: unknown, count?: number) => void): void
  /** Ends every session. */
  clear(callback?: (error?: unknown) => void): void
}

/** A store of the class that the host has. */
export type HostStore<Host> = Host extends { readonly Store: abstract new (...args: never) => infer Store }
  ? Store & SessionRows
  : Host extends { readonly MemoryStore: abstract new (...args: never) => infer Store }
    ? Store & EventEmitter & SessionRows
    : EventEmitter & SessionRows

/** What hosts put on a request of theirs. */
export interface HostRequest {
  headers?: object
  sessionID?: string
  session?: { readonly cookie?: object }
}

/** What `Store` of a host has: of `@fastify/session` only the events. */
export interface HostBase extends EventEmitter {
  /** Makes the session of a request. The middleware of `express-session` puts it on its store. */
  generate?(request: HostRequest): void
  createSession(request: HostRequest, data: Record<string, unknown>): object
}
