import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import type { SessionError } from '../errors.js'
import { gone, notLoaded } from '../errors.js'
import type { GoneReason } from '../events.js'
import type { Properties } from '../properties/properties.js'
import { type CookieSink, clearCookieFor, setCookieFor } from './cookie-sink.js'
import { PendingDeletions } from './pending-deletions.js'
import { planWrite } from './plan-write.js'
import { SessionLoader } from './session-loader.js'
import type { SessionState } from './session-state.js'
import { isGone, SessionWriter, type Written } from './session-writer.js'
import type { Shared } from './shared.js'

/**
 * The state of a request's session, from the id in the cookie to its end, with the cookie that follows from each step.
 *
 * Its operations must not overlap: the subclass runs them one after the other.
 */
export abstract class CurrentState {
  protected readonly shared: Shared
  readonly #cookie: CookieSink
  readonly #loader: SessionLoader
  /** The id in the cookie, until its row is read. */
  #unread: string | undefined
  /** The state; `undefined` until a row is read, or a new session is used. */
  #begun: SessionState | undefined
  #ended: PendingDeletions | undefined

  /** @param isOld Whether `id` is that of a row of another package. */
  constructor(shared: Shared, id: string | undefined, cookie: CookieSink, isOld: boolean) {
    this.shared = shared
    this.#loader = new SessionLoader(shared, cookie, isOld)
    this.#cookie = cookie
    this.#unread = id
  }

  /** The state, for reading. Throws `SESSION_NOT_LOADED`. */
  get state(): SessionState {
    if (this.#unread !== undefined) throw notLoaded()
    return this.present
  }

  get isLoaded(): boolean {
    return this.#unread === undefined
  }

  /** The state, without the check whether it is loaded. */
  protected get present(): SessionState {
    this.#begun ??= this.#loader.begin()
    return this.#begun
  }

  /** The state; `undefined` until a row is read, or a new session is used. */
  protected get begun(): SessionState | undefined {
    return this.#begun
  }

  /** Starts with a state that was made elsewhere. */
  protected beginWith(state: SessionState): void {
    this.#begun = state
  }

  /** Reads the row, if it was not read before. */
  protected readRow(deadline: Deadline): Promise<void> {
    const id = this.#unread
    if (id === undefined) return Promise.resolve()
    return this.#loader.open(id, deadline).then((state) => {
      // The session may have been ended meanwhile.
      if (this.#unread !== id) return
      this.#unread = undefined
      if (state) this.#begun = state
    })
  }

  /** Reads the row again and drops the changes. */
  protected async readAgain(deadline: Deadline): Promise<void> {
    const state = this.present
    const reason = await this.#writer(deadline).reload(state)
    if (reason) throw this.#lose(state, reason)
  }

  /** Writes. Returns `undefined` if there is nothing to write. */
  protected write(begun?: Deadline, isLast = false): Promise<void> | undefined {
    if (!this.#ended) return this.#writeState(begun, isLast)
    const deadline = begun ?? this.shared.time.begin()
    return this.#ended.delete(deadline).then(() => this.#writeState(deadline, isLast))
  }

  /** Writes earlier changes, runs `change` on separate properties, and writes its changes. Resolves to the state that was written. */
  protected async writeUpdate(
    deadline: Deadline,
    change: (properties: Properties, state: SessionState) => Promise<void>,
  ): Promise<SessionState> {
    await this.write(deadline)
    const state = this.present
    const { row } = state
    const written = await this.#writer(deadline).update(state, (properties) => change(properties, state))
    this.#settle(state, written, row)
    return state
  }

  /** Notes the session for deletion and goes on with a new one. */
  protected endState(): void {
    this.#ended ??= new PendingDeletions(this.shared, this.#cookie)
    this.#ended.add(this.present, this.#unread && this.#loader.rowIds(this.#unread))
    this.#unread = undefined
    this.#begun = undefined
  }

  /** Deletes the rows of the sessions that were ended. */
  protected deleteEnded(deadline: Deadline): Promise<void> | undefined {
    return this.#ended?.delete(deadline)
  }

  #writer(deadline: Deadline): SessionWriter {
    return new SessionWriter(this.shared, this.#cookie, deadline)
  }

  #writeState(deadline: Deadline | undefined, isLast: boolean): Promise<void> | undefined {
    const state = this.#begun
    if (this.#unread !== undefined || !state) return undefined
    state.properties.assertNotStale(isLast)
    const changes = state.properties.changes()
    if (planWrite(state, changes) === 'none') return undefined
    const writer = this.#writer(deadline ?? this.shared.time.begin())
    const { row } = state
    return writer.write(state, changes, isLast).then((written) => this.#settle(state, written, row))
  }

  /** Sends the cookie after a write, if it must change. Throws `SESSION_GONE` if the session is gone. */
  #settle(state: SessionState, written: Written, before: StoredRow | undefined): void {
    if (isGone(written)) throw this.#lose(state, written)
    const { row } = state
    if (state !== this.#begun || !row) return
    const isSame = row.id === before?.id && row.expires === before.expires // no other moment was written
    if (!isSame || state.isForwarded) setCookieFor(this.#cookie, state, this.shared.options)
  }

  /** Drops a session that was ended elsewhere, with the changes of this request. Returns the error. */
  #lose(state: SessionState, reason: GoneReason): SessionError {
    this.shared.events.emit('gone', state.rowId, { reason })
    if (state === this.present) this.#begun = undefined
    clearCookieFor(this.#cookie, state, reason)
    return gone()
  }
}
