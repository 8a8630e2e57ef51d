import { toMilliseconds } from '../options/duration.js'
import { isObject } from '../properties/property-names.js'
import type { Session } from '../session/session.js'
import { type SessionData, type SessionView, viewOf } from '../session/session-view.js'

/**
 * The session of one request, as the adapter of a web framework uses it: open, hand out the view, commit before the response
 * leaves, close. `docs/write-an-adapter.md` has an adapter in 40 lines.
 */
export interface RequestSession<Columns extends object = object, Data extends object = SessionData> {
  /** What a handler gets: columns and data keys as properties, and the members of a session. Always the same object. */
  readonly view: SessionView<Columns, Data>
  /** Reads the session, if the request came with an id. Changes nothing in the database. */
  load(): Promise<void>
  /** Replaces all properties, as `ctx.session = { … }` does. A `maxAge` among them sets that of the session. */
  replace(properties: Readonly<Record<string, unknown>>): void
  /** Ends the session at the commit, as `ctx.session = null` does. */
  end(): void
  /**
   * Makes the changes durable; with `keep: false` only that the session was ended. Call it before the response leaves.
   * Returns `undefined` instead of a promise if there is nothing to write.
   */
  commit(keep: boolean): Promise<void> | undefined
  /** Refuses later changes with `SESSION_COMMITTED`: nobody would write them. Call it after the commit. */
  close(): void
  /**
   * Call it after {@link close}; `goesOn` tells whether the response is still under way. The result, if there is one, is to be called
   * when the response is over: it rejects with `SESSION_COMMITTED` if an object that was handed out has been changed since.
   */
  watch(goesOn: boolean): (() => Promise<void> | undefined) | undefined
}

/** The only class that adapters see of a session. */
export class OpenRequestSession<Columns extends object, Data extends object> implements RequestSession<Columns, Data> {
  readonly #session: Session
  #view: SessionView<Columns, Data> | undefined

  constructor(session: Session) {
    this.#session = session
  }

  get view(): SessionView<Columns, Data> {
    this.#view ??= viewOf<Columns, Data>(this.#session)
    return this.#view
  }

  load(): Promise<void> {
    return this.#session.load()
  }

  replace(properties: Readonly<Record<string, unknown>>): void {
    replaceAll(this.#session, properties)
  }

  end(): void {
    this.#session.end()
  }

  commit(keep: boolean): Promise<void> | undefined {
    return this.#session.finish(keep)
  }

  close(): void {
    this.#session.close()
  }

  watch(goesOn: boolean): (() => Promise<void> | undefined) | undefined {
    return this.#session.watch(goesOn)
  }
}

function replaceAll(session: Session, given: Readonly<Record<string, unknown>>): void {
  const { maxAge: duration, ...properties } = isObject(given) ? given : {}
  const maxAge = duration === undefined ? undefined : toMilliseconds('session.maxAge', duration)
  session.writable.replace(isObject(given) ? properties : given)
  if (maxAge !== undefined) session.changeable.changeMeta({ maxAge })
}
