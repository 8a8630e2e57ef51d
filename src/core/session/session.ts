import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { Mutex } from '../concurrency/mutex.js'
import { alreadyCommitted, isGoneError, nested } from '../errors.js'
import { isWithoutGrace, type RegenerateOptions } from '../options/regenerate-options.js'
import type { Properties } from '../properties/properties.js'
import { assertKey } from '../properties/property-names.js'
import { type CookieSink, noBrowser } from './cookie-sink.js'
import { CurrentState } from './current-state.js'
import { SessionState } from './session-state.js'
import type { Shared } from './shared.js'
import { propertiesInUpdate, runUpdate } from './updating.js'

/**
 * The session of one request, with its operations: load, change, write, end.
 *
 * Operations that overlap run one after the other.
 */
export class Session extends CurrentState {
  #isClosed = false
  /** Whether the function of {@link watch} will be called. */
  #isWatched = false
  readonly #mutex = new Mutex()

  /**
   * Once loaded, it is the session that the cookie's `id` opens; without an id, a new session. `cookie` sends the cookie of
   * the response. With `isOld`, `id` is that of a row of another package.
   */
  constructor(shared: Shared, id?: string, cookie: CookieSink = noBrowser, isOld = false) {
    super(shared, id, cookie, isOld)
  }

  /** The session `id` of a row that was read; without a row, a new session that will have this id. */
  static of(shared: Shared, id: string, row?: StoredRow): Session {
    const session = new Session(shared)
    session.beginWith(new SessionState(shared.repository, id, row))
    return session
  }

  /** The state, for changing anything but properties. Throws `SESSION_COMMITTED` after the commit. */
  get changeable(): SessionState {
    if (this.isClosed) throw alreadyCommitted()
    return this.state
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
    return this.isLoaded ? Promise.resolve() : this.#mutex.run(() => this.readRow(this.shared.time.begin()))
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
    this.endState()
  }

  /** Ends the session in the database now. */
  destroy(): Promise<void> {
    if (propertiesInUpdate(this)) return Promise.reject(nested())
    this.endState()
    return this.#inTurn(async (deadline) => this.deleteEnded(deadline))
  }

  /** Writes the changes now. Rejects with `SESSION_GONE` if the session was ended elsewhere. */
  save(): Promise<void> {
    return this.#inTurn(async (deadline) => this.write(deadline))
  }

  /** Reads the row again and drops the changes. Rejects with `SESSION_GONE` if the session was ended elsewhere. */
  reload(): Promise<void> {
    return this.#inTurn((deadline) => this.readAgain(deadline))
  }

  /**
   * Writes earlier changes; then runs `change` and writes its changes. If another request wrote meanwhile, `change` runs
   * again on the fresh row, so its result is exact.
   */
  update(change: () => unknown): Promise<void> {
    return this.#inTurn((deadline) => this.#update(deadline, (properties) => runUpdate(this, properties, change)))
  }

  /**
   * Removes a property in the database at once, and resolves to its value; to `undefined` if it holds nothing. Of several
   * requests that take it at the same moment, one gets it. A forwarded request takes only the value that it sees itself.
   */
  async take(name: string): Promise<unknown> {
    assertKey(name)
    const inside = propertiesInUpdate(this)
    if (inside) return inside.take(name)
    return this.#inTurn(async (deadline) => {
      if (!this.present.properties.holds(name)) return undefined
      if (this.isNew) return this.writable.take(name)
      let taken: unknown
      await this.#update(deadline, async (properties, { isForwarded, properties: seen }) => {
        const isVisible = !isForwarded || seen.isStoredAs(name, properties.value(name))
        taken = isVisible ? properties.take(name) : undefined
      })
      return taken
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
      if (!keep) this.begun?.forgetChanges()
      return (this.write(undefined, true) ?? this.shared.lastSeen.see(this.begun))?.catch((error: unknown) => {
        if (!isGoneError(error) || this.shared.options.onGone === 'throw') throw error
      })
    })
  }

  /** Refuses later changes, which nothing would write. */
  close(): void {
    this.#isClosed = true
  }

  /** Returns a function that calls {@link SessionState.retire} after the response; `undefined` if that is not needed. */
  watch(goesOn: boolean): (() => Promise<void> | undefined) | undefined {
    if (!goesOn && !this.begun?.properties.isHeld) return undefined
    this.#isWatched = true
    const retire = (): undefined => {
      this.#isWatched = false
      this.present.retire()
    }
    return () => this.#mutex.run(retire)
  }

  async #update(
    deadline: Deadline,
    change: (properties: Properties, state: SessionState) => Promise<void>,
  ): Promise<void> {
    const state = await this.writeUpdate(deadline, change)
    if (this.#isClosed && !this.#isWatched) state.retire()
  }

  #inTurn<T>(work: (deadline: Deadline) => Promise<T>): Promise<T> {
    if (propertiesInUpdate(this)) return Promise.reject(nested())
    return this.#mutex.run(() => {
      const deadline = this.shared.time.begin()
      return this.readRow(deadline).then(() => work(deadline))
    })
  }
}
