import { isDeepStrictEqual } from 'node:util'
import { SessionError } from '../core/errors.js'
import type { SessionStore, StoredSession, StoreOptions, StoreOutcome } from '../core/manager/session-store.js'
import { type Content, contentOf, dataOf, unusable, type Values } from './content.js'
import { type CookieData, isFixed, maxAgeOf } from './cookie.js'

/** What the sessions of one store have in common. */
export interface StoreParts {
  readonly store: SessionStore
  /** The names of the model's columns. */
  readonly columns: ReadonlySet<string>
  readonly now: () => number
}

/** The session as one request of the host has loaded or stored it. Only `write` and `touch` talk to the database. */
export class HostSession {
  readonly #parts: StoreParts
  #stored: StoredSession | undefined
  /** Properties that the host has no place for, such as `req`: they stay in the row. By the names of the host. */
  #untaken: Values
  /** The cookie that the host has made, since the row has none. Reading does not write it. */
  #madeCookie: unknown
  #isOver = false

  /** @param stored The session as it was loaded. Default: a new one. */
  constructor(parts: StoreParts, stored?: StoredSession) {
    this.#parts = parts
    this.#stored = stored
    const hidden = Object.entries(stored?.properties ?? {}).filter(([name]) => name === unusable)
    this.#untaken = Object.fromEntries(hidden)
  }

  /** What the host reads of the session. */
  get data(): Record<string, unknown> {
    return this.#stored ? dataOf(this.#stored, this.#parts.columns) : {}
  }

  /** Tells what the host has no place for, and the cookie that it has made for a row without one. */
  complete(untaken: Values, cookie?: unknown): void {
    this.#untaken = { ...this.#untaken, ...untaken }
    this.#madeCookie = contentOf({ cookie }, this.#parts.columns).cookie
  }

  /** A copy of what the host passes now, to write later. */
  copy(session: unknown): Content {
    const { columns } = this.#parts
    const content = contentOf(session, columns, this.#stored?.properties.cookie ?? this.#madeCookie)
    const untaken = contentOf(this.#untaken, columns).properties
    return { ...content, properties: { ...untaken, ...content.properties } }
  }

  async write(id: string, { properties, cookie }: Content): Promise<StoreOutcome> {
    if (this.#isOver) return 'gone'
    const time = this.#timeOf(cookie)
    if (isEnd(time)) return this.#end()
    const stored = this.#stored
    if (!stored) {
      this.#stored = await this.#parts.store.insert(id, properties, time)
      return 'written'
    }
    if (isFixed(cookie) && this.#isUnchanged(properties)) return 'unchanged'
    return stored.write(properties, time)
  }

  /** Stores the cookie, if it has changed, and renews the session if that is due. */
  async touch({ cookie }: Content): Promise<StoreOutcome> {
    const stored = this.#stored
    if (this.#isOver) return 'gone'
    if (!stored) return 'unchanged'
    const time = this.#timeOf(cookie)
    if (isEnd(time)) return this.#end()
    const kept = stored.properties
    if (cookie && !isDeepStrictEqual(kept.cookie ?? this.#madeCookie, cookie))
      return stored.write({ ...kept, cookie }, time)
    return isFixed(cookie) ? 'unchanged' : stored.touch(time)
  }

  /** The time that the host gives the session; none if the host has not said anything. */
  #timeOf(cookie: CookieData | undefined): StoreOptions {
    const isMade = this.#madeCookie !== undefined && isDeepStrictEqual(this.#madeCookie, cookie)
    return cookie && !isMade ? { maxAge: maxAgeOf(cookie, this.#parts.now()) } : {}
  }

  async #end(): Promise<StoreOutcome> {
    const stored = this.#stored
    if (!stored) return 'unchanged'
    this.#isOver = true
    return stored.destroy()
  }

  #isUnchanged(properties: Values): boolean {
    const { columns } = this.#parts
    const isThere = ([name, value]: [string, unknown]): boolean => value !== null || !columns.has(name)
    const known = Object.entries(this.#stored?.properties ?? {}).filter(isThere)
    return isDeepStrictEqual(Object.fromEntries(known), Object.fromEntries(Object.entries(properties).filter(isThere)))
  }
}

function isEnd({ maxAge }: StoreOptions): boolean {
  return typeof maxAge === 'number' && maxAge <= 0
}

/** How often in a row somebody else can store and end a session, before the next try fails. */
const mostTries = 25

/** Stores what no request has loaded, as a script does: the only properties of the session `id`, new or not. */
export async function writeAnyway(parts: StoreParts, id: string, content: Content): Promise<StoreOutcome> {
  for (let tries = 1; ; tries++) {
    const stored = await parts.store.load(id)
    try {
      const outcome = await new HostSession(parts, stored).write(id, content)
      if (outcome !== 'gone' || tries === mostTries) return outcome
    } catch (error) {
      const isTaken = error instanceof SessionError && error.code === 'ID_TAKEN'
      if (!isTaken || tries === mostTries) throw error
    }
  }
}
