import { isPlain } from '../core/codec/serializer.js'
import { TimeLimit } from '../core/concurrency/deadline.js'
import { InOrder } from '../core/concurrency/in-order.js'
import type { SessionManager } from '../core/manager/session-manager.js'
import type { StoreOutcome } from '../core/manager/session-store.js'
import { isObject } from '../core/properties/property-names.js'
import { type Content, contentOf, dataOf } from './content.js'
import { HostSession, type StoreParts, writeAnyway } from './host-session.js'
import { LoadedSessions } from './loaded-sessions.js'

/** The most sessions that the host is told of. */
const mostSessions = 100_000

export type OnGone = (id: string) => unknown

/** What a host asks its store for, as promises. Everything that is passed is copied at the call. */
export class StoreCalls {
  readonly #manager: SessionManager
  readonly #parts: StoreParts
  readonly #onGone: OnGone | undefined
  readonly #inOrder = new InOrder()
  readonly #time: TimeLimit
  readonly #loaded = new LoadedSessions()

  /** @param columns The names of the model's columns. */
  constructor(manager: SessionManager, columns: ReadonlySet<string>, onGone: OnGone | undefined) {
    const { now, timeout } = manager.options
    this.#manager = manager
    this.#parts = { store: manager.store, columns, now }
    this.#onGone = onGone
    this.#time = new TimeLimit(timeout)
  }

  get(id: string): Promise<Record<string, unknown> | undefined> {
    return this.#inOrder.read(id, async () => {
      const stored = await this.#parts.store.load(id)
      if (!stored) return undefined
      const session = new HostSession(this.#parts, stored)
      return this.#loaded.dataOf(session, session.data)
    })
  }

  async set(id: string, session: unknown): Promise<void> {
    const known = this.#of(session)
    const content = this.#copy(session, known)
    await this.#change(id, () => (known ? known.write(id, content) : writeAnyway(this.#parts, id, content)))
  }

  async touch(id: string, session: unknown): Promise<void> {
    const known = this.#of(session)
    const content = this.#copy(onlyCookie(session), known)
    await this.#change(id, async () => {
      const touched = known ?? new HostSession(this.#parts, await this.#parts.store.load(id))
      return touched.touch(content)
    })
  }

  async destroy(id: string): Promise<void> {
    await this.#inOrder.change(id, this.#time.begin(), () => this.#parts.store.delete(id))
  }

  async all(): Promise<Record<string, unknown>[]> {
    const sessions = await this.#parts.store.list({ limit: mostSessions })
    return sessions.map((session) => dataOf(session, this.#parts.columns))
  }

  async length(): Promise<number> {
    return (await this.#parts.store.list({ limit: mostSessions })).length
  }

  async clear(): Promise<void> {
    await this.#manager.deleteAll()
  }

  /** The session whose data {@link get} gave. */
  loadedFrom(data: object): HostSession | undefined {
    return this.#loaded.of(data)
  }

  /** Tells that `host` is the object by which a request knows `session`. */
  add(host: object, session: HostSession): void {
    this.#loaded.add(host, session)
  }

  #copy(session: unknown, known: HostSession | undefined): Content {
    return known ? known.copy(session) : contentOf(session, this.#parts.columns)
  }

  async #change(id: string, change: () => Promise<StoreOutcome>): Promise<void> {
    const outcome = await this.#inOrder.change(id, this.#time.begin(), change)
    if (outcome === 'gone') await this.#onGone?.(id)
  }

  /** The session behind an object of the host: loaded, or new. There is none behind a plain object of a script. */
  #of(host: unknown): HostSession | undefined {
    if (typeof host !== 'object' || host === null) return undefined
    const known = this.#loaded.of(host)
    if (known || isPlain(host) || Array.isArray(host)) return known
    const session = new HostSession(this.#parts)
    this.#loaded.add(host, session)
    return session
  }
}

/** What a touch needs of a session: copying the rest would take long. */
function onlyCookie(session: unknown): unknown {
  return isObject(session) ? { cookie: (session as { readonly cookie?: unknown }).cookie } : session
}
