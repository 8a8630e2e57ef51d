import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { Mutex } from '../concurrency/mutex.js'
import type { SessionError } from '../errors.js'
import { alreadyCommitted, gone, isGoneError, nested, notLoaded } from '../errors.js'
import type { GoneReason } from '../events.js'
import { isWithoutGrace, type RegenerateOptions } from '../options/regenerate-options.js'
import type { Properties } from '../properties/properties.js'
import { type CookieSink, clearCookieFor, noBrowser, setCookieFor } from './cookie-sink.js'
import { PendingDeletions } from './pending-deletions.js'
import { planWrite } from './plan-write.js'
import { SessionLoader } from './session-loader.js'
import { SessionState } from './session-state.js'
import { isGone, SessionWriter, type Written } from './session-writer.js'
import type { Shared } from './shared.js'
import { propertiesInUpdate, runUpdate } from './updating.js'

/**
 * The session of one request, with its operations: load, change, write, end.
 *
 * Operations that overlap run one after the other.
 */
export class Session {
  readonly #shared: Shared
  readonly #cookie: CookieSink
  readonly #loader: SessionLoader
  /** The id in the cookie, until its row is read. */
  #unread: string | undefined
  /** The state; `undefined` until a row is read, or a new session is used. */
  #begun: SessionState | undefined
  #ended: PendingDeletions | undefined
  #isClosed = false
  /** Whether the function of {@link watch} will be called. */
  #isWatched = false
  readonly #mutex = new Mutex()

  /**
   * Once loaded, it is the session that the cookie's `id` opens; without an id, a new session. `cookie` sends the cookie of
   * the response. With `isOld`, `id` is that of a row of another package.
   */
  constructor(shared: Shared, id?: string, cookie: CookieSink = noBrowser, isOld = false) {
    this.#shared = shared
    this.#loader = new SessionLoader(shared, cookie, isOld)
    this.#cookie = cookie
    this.#unread = id
  }

  /** The session `id` of a row that was read; without a row, a new session that will have this id. */
  static of(shared: Shared, id: string, row?: StoredRow): Session {
    const session = new Session(shared)
    session.#begun = new SessionState(shared.repository, id, row)
    return session
  }

  get #state(): SessionState {
    this.#begun ??= this.#loader.begin()
    return this.#begun
  }

  /** The state, for reading. Throws `SESSION_NOT_LOADED`. */
  get state(): SessionState {
    if (this.#unread !== undefined) throw notLoaded()
    return this.#state
  }

  /** The state, for changing anything but properties. Throws `SESSION_COMMITTED` after the commit. */
  get changeable(): SessionState {
    if (this.isClosed) throw alreadyCommitted()
    return this.state
  }

  get isLoaded(): boolean {
    return this.#unread === undefined
  }

  get id(): string {
    return this.state.cookieId
  }

  get isNew(): boolean {
    return this.state.isNew
  }

  /** The properties, for reading. Inside `update()` they are separate ones. */
  get properties(): Properties {
    return propertiesInUpdate(this) ?? this.state.properties
  }

  /** The properties, for changing. Throws `SESSION_COMMITTED` after the commit. */
  get writable(): Properties {
    return propertiesInUpdate(this) ?? this.changeable.properties
  }

  /** Whether a change would be lost, because the request has been committed. */
  get isClosed(): boolean {
    return this.#isClosed && !propertiesInUpdate(this)
  }

  /** Reads the row, if it was not read before. */
  load(): Promise<void> {
    return this.isLoaded ? Promise.resolve() : this.#mutex.run(() => this.#readRow(this.#shared.time.begin()))
  }

  /** Renews the session at the commit, even if reading it would not. A new session is not stored for that. */
  touch(): void {
    this.changeable.touch()
  }

  /** Gives the session a new id at the commit, in the same statement as its changes. */
  regenerate(options?: RegenerateOptions): Promise<void> {
    const rotate = async (): Promise<void> => this.changeable.regenerate(isWithoutGrace(options))
    return propertiesInUpdate(this) ? rotate() : this.#inTurn(rotate)
  }

  /** Ends the session at the commit. Properties that are set afterwards begin a new session. */
  end(): void {
    if (propertiesInUpdate(this)) throw nested()
    if (this.isClosed) throw alreadyCommitted()
    this.#end()
  }

  /** Ends the session in the database now. */
  destroy(): Promise<void> {
    if (propertiesInUpdate(this)) return Promise.reject(nested())
    this.#end()
    return this.#inTurn(async (deadline) => this.#ended?.delete(deadline))
  }

  /** Writes the changes now. Rejects with `SESSION_GONE` if the session was ended elsewhere. */
  save(): Promise<void> {
    return this.#inTurn(async (deadline) => this.#write(deadline))
  }

  /** Reads the row again and drops the changes. Rejects with `SESSION_GONE` if the session was ended elsewhere. */
  reload(): Promise<void> {
    return this.#inTurn(async (deadline) => {
      const state = this.#state
      const reason = await new SessionWriter(this.#shared, this.#cookie, deadline).reload(state)
      if (reason) throw this.#lose(state, reason)
    })
  }

  /**
   * Writes earlier changes; then runs `change` and writes its changes. If another request wrote meanwhile, `change` runs
   * again on the fresh row, so its result is exact.
   */
  update(change: () => unknown): Promise<void> {
    return this.#inTurn(async (deadline) => {
      await this.#write(deadline)
      const state = this.#state
      const writer = new SessionWriter(this.#shared, this.#cookie, deadline)
      const written = await writer.update(state, (properties) => runUpdate(this, properties, change))
      this.#settle(state, written)
      if (this.#isClosed && !this.#isWatched) state.retire()
    })
  }

  /**
   * Writes the changes at the end of a request; with `keep: false` only the end of the session. A session that was ended
   * elsewhere stays ended.
   */
  async commit({ keep = true } = {}): Promise<void> {
    await this.finish(keep)
  }

  /** Does the work of {@link commit}. Returns `undefined` instead of a promise if there is nothing to write. */
  finish(keep: boolean): Promise<void> | undefined {
    if (propertiesInUpdate(this)) throw nested()
    return this.#mutex.run(() => {
      if (!keep) this.#begun?.forgetChanges()
      return (this.#write(undefined, true) ?? this.#shared.lastSeen.see(this.#begun))?.catch((error: unknown) => {
        if (!isGoneError(error) || this.#shared.options.onGone === 'throw') throw error
      })
    })
  }

  /** Refuses later changes, which nothing would write. */
  close(): void {
    this.#isClosed = true
  }

  /** Returns a function that calls {@link SessionState.retire} after the response; `undefined` if that is not needed. */
  watch(goesOn: boolean): (() => Promise<void> | undefined) | undefined {
    if (!goesOn && !this.#begun?.properties.isHeld) return undefined
    this.#isWatched = true
    const retire = (): undefined => {
      this.#isWatched = false
      this.#state.retire()
    }
    return () => this.#mutex.run(retire)
  }

  #inTurn<T>(work: (deadline: Deadline) => Promise<T>): Promise<T> {
    if (propertiesInUpdate(this)) return Promise.reject(nested())
    return this.#mutex.run(() => {
      const deadline = this.#shared.time.begin()
      return this.#readRow(deadline).then(() => work(deadline))
    })
  }

  #readRow(deadline: Deadline): Promise<void> {
    const id = this.#unread
    if (id === undefined) return Promise.resolve()
    return this.#loader.open(id, deadline).then((state) => {
      // The session may have been ended meanwhile.
      if (this.#unread !== id) return
      this.#unread = undefined
      if (state) this.#begun = state
    })
  }

  /** Writes. Returns `undefined` if there is nothing to write. */
  #write(begun?: Deadline, isLast = false): Promise<void> | undefined {
    if (!this.#ended) return this.#writeState(begun, isLast)
    const deadline = begun ?? this.#shared.time.begin()
    return this.#ended.delete(deadline).then(() => this.#writeState(deadline, isLast))
  }

  #writeState(deadline: Deadline | undefined, isLast: boolean): Promise<void> | undefined {
    const state = this.#begun
    if (this.#unread !== undefined || !state) return undefined
    state.properties.assertNotStale(isLast)
    const changes = state.properties.changes()
    if (planWrite(state, changes) === 'none') return undefined
    const writer = new SessionWriter(this.#shared, this.#cookie, deadline ?? this.#shared.time.begin())
    return writer.write(state, changes, isLast).then((written) => this.#settle(state, written))
  }

  /** Sends the cookie after a write. Throws `SESSION_GONE` if the session is gone. */
  #settle(state: SessionState, written: Written): void {
    if (isGone(written)) throw this.#lose(state, written)
    if (state === this.#begun && state.row) setCookieFor(this.#cookie, state, this.#shared.options)
  }

  /** Notes the session for deletion and goes on with a new one. */
  #end(): void {
    this.#ended ??= new PendingDeletions(this.#shared, this.#cookie)
    this.#ended.add(this.#state, this.#unread && this.#loader.rowIds(this.#unread))
    this.#unread = undefined
    this.#begun = undefined
  }

  /** Drops a session that was ended elsewhere, with the changes of this request. Returns the error. */
  #lose(state: SessionState, reason: GoneReason): SessionError {
    this.#shared.events.emit('gone', state.rowId, { reason })
    if (state === this.#state) this.#begun = undefined
    clearCookieFor(this.#cookie, state, reason)
    return gone()
  }
}
