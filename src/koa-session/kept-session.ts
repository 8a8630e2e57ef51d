import { isDeepStrictEqual } from 'node:util'
import { Mutex } from '../core/concurrency/mutex.js'
import { SessionError } from '../core/errors.js'
import type { SessionManager } from '../core/manager/session-manager.js'
import type { StoredSession, StoreOptions, StoreOutcome } from '../core/manager/session-store.js'
import { maxAgeFrom, openedFor, storedFrom } from './host-values.js'

type Values = Readonly<Record<string, unknown>>

/** The sessions that one request has asked for, by their keys. There is one, but for `regenerate()`. */
export class RequestSessions {
  readonly #manager: SessionManager
  readonly #byKey = new Map<string, KeptSession>()

  constructor(manager: SessionManager) {
    this.#manager = manager
  }

  /**
   * The properties without those that the request has loaded of a session which somebody else has ended: they are not stored under
   * another key either. What the request has set itself is.
   */
  withoutLost(properties: Values): Values {
    const lost = [...this.#byKey.values()].map((kept) => kept.lost).filter((loaded) => loaded !== undefined)
    if (lost.length === 0) return properties
    const isLost = ([name, value]: [string, unknown]) =>
      lost.some((loaded) => Object.hasOwn(loaded, name) && isDeepStrictEqual(loaded[name], value))
    return Object.fromEntries(Object.entries(properties).filter((entry) => !isLost(entry)))
  }

  of(key: string): KeptSession {
    const kept = this.#byKey.get(key) ?? new KeptSession(this, this.#manager, key)
    this.#byKey.set(key, kept)
    return kept
  }
}

/** A session as one request of koa-session knows it. Its operations run in the order of the calls. */
export class KeptSession {
  readonly #request: RequestSessions
  readonly #manager: SessionManager
  readonly #key: string
  readonly #mutex = new Mutex()
  #session: StoredSession | undefined
  #loaded: Values = {}
  #hidden: Values = {}
  #isEnding = false
  #isLost = false

  constructor(request: RequestSessions, manager: SessionManager, key: string) {
    this.#request = request
    this.#manager = manager
    this.#key = key
  }

  /** What the request has loaded, if somebody else has ended the session since. */
  get lost(): Values | undefined {
    return this.#isLost ? this.#loaded : undefined
  }

  /** The session in the host's form; `undefined` if there is none. */
  load(): Promise<Record<string, unknown> | undefined> {
    return this.#mutex.run(async () => {
      this.#session = await this.#find()
      if (!this.#session) return undefined
      const { loaded, values, hidden } = openedFor(this.#session, this.#manager.options)
      this.#hidden = hidden
      this.#loaded = loaded
      return values
    })
  }

  /**
   * Stores `given`, which is copied at the call: as changes to what this request has loaded, else as a new session. A
   * `maxAge` that is not positive ends it.
   */
  async write(given: unknown, maxAge: unknown): Promise<StoreOutcome> {
    const copy = storedFrom(given, this.#manager.options)
    const lifetime = maxAgeFrom(given as object, maxAge)
    if (lifetime === 0) return this.end()
    const options = lifetime === undefined ? {} : { maxAge: lifetime }
    // The host waits for the end before it begins another session with this key: what it stores before is what it has ended.
    if (this.#isEnding) return 'unchanged'
    return this.#mutex.run(async () => this.#noted(await this.#write({ ...this.#hidden, ...copy }, options)))
  }

  /** Ends the session. It is no error if there is none. */
  async end(): Promise<StoreOutcome> {
    this.#isEnding = true
    try {
      return await this.#mutex.run(() => this.#end())
    } finally {
      this.#isEnding = false
    }
  }

  async #find(): Promise<StoredSession | undefined> {
    try {
      return await this.#manager.store.load(this.#key)
    } catch (error) {
      // The key may come from outside, and a key that no session can have opens none.
      if (error instanceof SessionError && error.code === 'ID_INVALID') return undefined
      throw error
    }
  }

  async #write(properties: Values, options: StoreOptions): Promise<StoreOutcome> {
    const own = this.#request.withoutLost(properties)
    if (this.#session) return this.#session.write(own, options)
    this.#session = await this.#manager.store.insert(this.#key, own, options)
    return 'written'
  }

  async #end(): Promise<StoreOutcome> {
    if (!this.#session) return (await this.#manager.store.delete(this.#key)) ? 'written' : 'gone'
    const outcome = this.#noted(await this.#session.destroy())
    if (outcome === 'written') this.#session = undefined
    return outcome
  }

  #noted(outcome: StoreOutcome): StoreOutcome {
    if (outcome === 'gone') this.#isLost = true
    return outcome
  }
}
