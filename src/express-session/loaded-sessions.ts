import type { HostSession } from './host-session.js'

/** Under this name a host that copies what it reads passes the {@link HostSession} on. JSON does not show it. */
const loadedName = 'koa-session-model.loaded'

/** What stands under the hidden name. */
class Loaded {
  readonly session: HostSession

  constructor(session: HostSession) {
    this.session = session
  }

  toJSON(): undefined {
    return undefined
  }
}

/**
 * The session behind each object of a host, so that what a request stores is compared with what this request has loaded.
 * `express-session` passes its data through `createSession`; `@fastify/session` copies it with `for in`, which finds a
 * property of the prototype, too.
 */
export class LoadedSessions {
  readonly #sessions = new WeakMap<object, HostSession>()

  /** Tells that `host` is the object of `session`. */
  add(host: object, session: HostSession): void {
    this.#sessions.set(host, session)
  }

  /** An object with these properties that a host may copy. */
  dataOf(session: HostSession, properties: object): Record<string, unknown> {
    const data = Object.assign(Object.create({ [loadedName]: new Loaded(session) }), properties)
    this.add(data, session)
    return data
  }

  of(host: object): HostSession | undefined {
    const { [loadedName]: loaded } = host as { readonly [loadedName]?: unknown }
    return this.#sessions.get(host) ?? (loaded instanceof Loaded ? loaded.session : undefined)
  }
}
