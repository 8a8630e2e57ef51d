import { toMilliseconds } from '../options/duration.js'
import { isObject } from '../properties/property-names.js'
import type { Session } from '../session/session.js'
import type { SessionData, SessionView } from '../session/session-types.js'
import { viewOf } from '../session/session-view.js'

/**
 * The session of one request, for the adapter of a web framework. The adapter opens it, hands out the view, commits before
 * the response is sent, and closes it.
 *
 * @see docs/write-an-adapter.md
 */
export interface RequestSession<Columns extends object = object, Data extends object = SessionData> {
  /** The object for handlers: columns and data keys as properties, and the members of a session. Always the same object. */
  readonly view: SessionView<Columns, Data>
  /**
   * Reads the session, if the request came with an id and it was not read before. Changes nothing in the database.
   *
   * @throws `BACKEND_FAILED`, `BACKEND_TIMEOUT` or `CONFLICT` if the database fails; `DATA_CORRUPT` for a row that cannot be read.
   */
  load(): Promise<void>
  /**
   * Replaces all properties, as `ctx.session = { … }` does. A `maxAge` among them sets that of the session.
   *
   * @throws `SESSION_NOT_LOADED` before {@link load}; `SESSION_COMMITTED` after {@link close}; `NAME_RESERVED` or
   * `DATA_NOT_SERIALIZABLE` for properties that cannot be stored.
   */
  replace(properties: Readonly<Record<string, unknown>>): void
  /**
   * Ends the session at the commit, as `ctx.session = null` does.
   *
   * @throws `SESSION_COMMITTED` after {@link close}; `UPDATE_NESTED` inside `update()`.
   */
  end(): void
  /**
   * Writes the changes. Call it before the response is sent.
   *
   * @param keep Whether to write the changes of the properties. With `false` only the end of the session is written.
   * @returns `undefined` instead of a promise if there is nothing to write.
   * @throws The codes of `ctx.session.save()`. `SESSION_GONE` only with the option `onGone: 'throw'`.
   */
  commit(keep: boolean): Promise<void> | undefined
  /** Refuses later changes with `SESSION_COMMITTED`: nothing would write them. Call it after the commit. */
  close(): void
  /**
   * Watches the objects that the session handed out, until the response is over. Call it after {@link close}.
   *
   * @param goesOn Whether the response is still being sent.
   * @returns A function to call when the response is over: it rejects with `SESSION_COMMITTED` if one of these objects was
   * changed after the commit. `undefined` if there is nothing to watch.
   */
  watch(goesOn: boolean): (() => Promise<void> | undefined) | undefined
}

/** The implementation of {@link RequestSession}. */
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
