import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { Mutex } from '../concurrency/mutex.js'
import type { SessionError } from '../errors.js'
import { alreadyCommitted, gone, isGoneError, nested, notLoaded } from '../errors.js'
import type { GoneReason } from '../events.js'
import { isWithoutGrace, type RegenerateOptions } from '../options/regenerate-options.js'
import type { Properties } from '../properties/properties.js'
import { type CookieSink, noBrowser, tellGone, tellWritten } from './cookie-sink.js'
import { PendingDeletions } from './pending-deletions.js'
import { planWrite } from './plan-write.js'
import { SessionLoader } from './session-loader.js'
import { SessionState } from './session-state.js'
import { isGone, SessionWriter, type Written } from './session-writer.js'
import type { Shared } from './shared.js'
import { propertiesInUpdate, runUpdate } from './updating.js'

/**
 * The session of one request: what it is, what the request has changed, and when that is written.
 *
 * Operations of one request that overlap run one after the other.
 */
export class Session {
  readonly #shared: Shared
  readonly #cookie: CookieSink
  readonly #loader: SessionLoader
  /** The id that the cookie has, until its row is read. */
  #unread: string | undefined
  /** Nothing until somebody asks for it, and none was read. */
  #begun: SessionState | undefined
  #ended: PendingDeletions | undefined
  #isClosed = false
  /** Whether somebody calls what {@link watch} gave. */
  #isWatched = false
  readonly #mutex = new Mutex()

  /**
   * The session that the cookie's `id` opens, once it is loaded; without an id, a new session. `cookie` hears what the
   * browser must be told.
   */
  constructor(shared: Shared, id?: string, cookie: CookieSink = noBrowser) {
    this.#shared = shared
    this.#loader = new SessionLoader(shared)
    this.#cookie = cookie
    this.#unread = id
  }

  /** The session `id`, as its row holds it; without a row, a new one that will have this id. */
  static of(shared: Shared, id: string, row?: StoredRow): Session {
    const session = new Session(shared)
    session.#begun = new SessionState(shared.repository, id, row)
    return session
  }

  get #state(): SessionState {
    this.#begun ??= this.#loader.begin()
    return this.#begun
  }

  /** What the session is, to be read. */
  get state(): SessionState {
    if (this.#unread !== undefined) throw notLoaded()
    return this.#state
  }

  /** What the session is, to be changed; not its properties. */
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

  /** The properties, to be read. */
  get properties(): Properties {
    return propertiesInUpdate(this) ?? this.state.properties
  }

  /** The properties, to be changed. */
  get writable(): Properties {
    return propertiesInUpdate(this) ?? this.changeable.properties
  }

  /** Whether a change would be lost, since the request has been committed. */
  get isClosed(): boolean {
    return this.#isClosed && !propertiesInUpdate(this)
  }

  /** Reads the row, if that has not been done. */
  load(): Promise<void> {
    return this.isLoaded ? Promise.resolve() : this.#mutex.run(() => this.#readRow(this.#shared.time.begin()))
  }

  /** Renews the session at the commit, also where reading it would not. A new session is not stored for that. */
  touch(): void {
    this.changeable.touch()
  }

  /** Gives the session a new id at the commit, in the same statement as its changes. */
  regenerate(options?: RegenerateOptions): Promise<void> {
    const rotate = async (): Promise<void> => this.changeable.regenerate(isWithoutGrace(options))
    return propertiesInUpdate(this) ? rotate() : this.#inTurn(rotate)
  }

  /** Ends the session at the commit. What is set afterwards begins a new one. */
  end(): void {
    if (propertiesInUpdate(this)) throw nested()
    if (this.isClosed) throw alreadyCommitted()
    this.#end()
  }

  /** Ends the session in the database, now. */
  destroy(): Promise<void> {
    if (propertiesInUpdate(this)) return Promise.reject(nested())
    this.#end()
    return this.#inTurn(async (deadline) => this.#ended?.delete(deadline))
  }

  /** Writes what has changed, now. Rejects with `SESSION_GONE` if the session was ended elsewhere. */
  save(): Promise<void> {
    return this.#inTurn(async (deadline) => this.#write(deadline))
  }

  /** Reads the row again, and forgets what has changed in it. Rejects with `SESSION_GONE` if the session was ended elsewhere. */
  reload(): Promise<void> {
    return this.#inTurn(async (deadline) => {
      const state = this.#state
      const reason = await new SessionWriter(this.#shared, this.#cookie, deadline).reload(state)
      if (reason) throw this.#lose(state, reason)
    })
  }

  /**
   * Writes what has changed so far; then runs `change` and writes what it changed. If another request was faster,
   * `change` runs again on the fresh row, so that what it computes from the session is exact.
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
   * Writes what has changed, at the end of a request; with `keep: false` only that the session was ended. A session that
   * was ended elsewhere stays so.
   */
  async commit({ keep = true } = {}): Promise<void> {
    await this.finish(keep)
  }

  /** Commits like {@link commit}. Returns `undefined` instead of a promise if there is nothing to write. */
  finish(keep: boolean): Promise<void> | undefined {
    if (propertiesInUpdate(this)) throw nested()
    return this.#mutex.run(() => {
      if (!keep) this.#begun?.forgetChanges()
      return this.#write(undefined, true)?.catch((error: unknown) => {
        if (!isGoneError(error) || this.#shared.options.onGone === 'throw') throw error
      })
    })
  }

  /** Refuses later changes, which nobody would write. */
  close(): void {
    this.#isClosed = true
  }

  /** Gives what {@link SessionState.retire retires} it after the response; nothing, if the request is over and holds no object. */
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
      // It may have been ended meanwhile.
      if (this.#unread !== id) return
      this.#unread = undefined
      if (state) this.#begun = state
    })
  }

  /** Gives nothing where nothing is to be written. */
  #write(begun?: Deadline, isLast = false): Promise<void> | undefined {
    if (!this.#ended) return this.#writeState(begun, isLast)
    const deadline = begun ?? this.#shared.time.begin()
    return this.#ended.delete(deadline).then(() => this.#writeState(deadline, isLast))
  }

  #writeState(deadline: Deadline | undefined, isLast: boolean): Promise<void> | undefined {
    const state = this.#begun
    if (this.#unread !== undefined || !state) return undefined
    state.properties.refuseStale(isLast)
    const changes = state.properties.changes()
    if (planWrite(state, changes) === 'none') return undefined
    const writer = new SessionWriter(this.#shared, this.#cookie, deadline ?? this.#shared.time.begin())
    return writer.write(state, changes, isLast).then((written) => this.#settle(state, written))
  }

  /** Tells the browser what became of a write. Throws `SESSION_GONE` if the session is not there any more. */
  #settle(state: SessionState, written: Written): void {
    if (isGone(written)) throw this.#lose(state, written)
    if (state === this.#begun && state.row) tellWritten(this.#cookie, state, this.#shared.options)
  }

  /** Goes on with a new session. */
  #end(): void {
    this.#ended ??= new PendingDeletions(this.#shared, this.#cookie)
    this.#ended.add(this.#state, this.#unread)
    this.#unread = undefined
    this.#begun = undefined
  }

  /** The session was ended elsewhere: what this request has changed goes with it. */
  #lose(state: SessionState, reason: GoneReason): SessionError {
    this.#shared.events.emit('gone', state.rowId, { reason })
    if (state === this.#state) this.#begun = undefined
    tellGone(this.#cookie, state, reason)
    return gone()
  }
}
