import type { Duration } from '../options/duration.js'
import type { RegenerateOptions } from '../options/regenerate-options.js'

/** The types of your own data keys: add them by declaration merging. All other keys are `unknown`. */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be augmented
export interface SessionData {}

/** A callback in the style of Node.js, for middlewares that were written for other session libraries. */
export type Callback = (error?: unknown) => void

/** The members that every session has besides its properties. */
export interface SessionMembers<Properties> {
  /** The id in the cookie, which opens the session. Keep it out of logs and URLs. */
  readonly id: string
  /** Whether the session is not in the database yet. */
  readonly isNew: boolean
  /** When the session began; `null` for a new session, or if the table does not keep it. */
  readonly createdAt: Date | null
  /**
   * When the session was last used, before this request; `null` for a new session, or if the table does not keep it: see the
   * option `lastSeen`.
   */
  readonly lastSeenAt: Date | null
  /** When `regenerate()` was last called, which is the login; `null` if it never was. */
  readonly authenticatedAt: Date | null
  /** When the session expires if it is not used again. */
  readonly expires: Date
  /** Whether it holds anything: whether {@link length} is above 0. */
  readonly populated: boolean
  /** How many properties hold something. Columns that are NULL, or are as in a new session, do not count. */
  readonly length: number
  /** The idle timeout of this session, in milliseconds. */
  get maxAge(): number
  /** Gives this session its own idle timeout ("remember me"): milliseconds, or text such as `'30d'`. */
  set maxAge(duration: Duration)
  /** Reads the session if it has not been read: needed with the option `load: 'lazy'` only. */
  load(): Promise<void>
  /**
   * Writes the changes now. Without this call they are written at the end of the request.
   *
   * @throws `SESSION_GONE` if the session was ended elsewhere; `DATA_NOT_SERIALIZABLE`, `DATA_TOO_LARGE` or `VALUE_STALE` for
   * changes that cannot be stored; `SESSION_LIMIT`; `COOKIE_TOO_LATE`; `UPDATE_NESTED` inside `update()`; `CONFLICT`,
   * `BACKEND_TIMEOUT` or `BACKEND_FAILED` if the database fails.
   */
  save(callback?: Callback): Promise<void>
  /**
   * Reads the row again and drops the changes.
   *
   * @throws `SESSION_GONE` if the session was ended elsewhere.
   */
  reload(callback?: Callback): Promise<void>
  /**
   * Writes earlier changes, runs `change`, and writes its changes at once. If another request wrote to the session first,
   * `change` runs again on the fresh values, which makes counters exact.
   *
   * @param change Changes the session. It may be asynchronous. Inside it, `save`, `reload`, `update` and `destroy` fail with
   * `UPDATE_NESTED`.
   * @throws The codes of {@link save}, and any error of `change`: then none of its changes is stored.
   */
  update(change: (session: Properties) => unknown): Promise<void>
  /**
   * Reads a property and removes it, in the database and at once. If several requests take it at the same moment, exactly one
   * gets it: for a value that is used once, such as a message that the next page shows. Earlier changes are written too, as by
   * {@link update}. The value stays removed even if the request fails afterwards.
   *
   * @param key The name of the property. A column gets its value in a new session: NULL, or its default.
   * @returns The value, or `undefined` if there is nothing to take: the key is absent, another request has taken it, or the
   * column is as in a new session. If this request does not see the key either, that costs no query.
   * @throws The codes of {@link save}, but inside `update()` it takes from what `update()` changes; `NAME_RESERVED` for a
   * {@link SessionMembers member}, and `OPTION_INVALID` for a key that is no text.
   *
   * @example
   * ```ts
   * import Koa from 'koa'
   * import { MemorySessionBackend, session } from 'koa-session-model'
   *
   * const app = new Koa().use(session({ backend: new MemorySessionBackend() }))
   * app.use(async (ctx) => {
   *   ctx.body = { notice: await ctx.session.take('notice') }
   * })
   * ```
   */
  take<Key extends keyof Properties & string>(key: Key): Promise<Properties[Key] | undefined>
  /** Renews the session at the end of the request, even if reading it would not. */
  touch(): void
  /**
   * Gives the session a new id and keeps its properties. Call it at login, against session fixation. After the commit the old
   * id opens only the session as it was before, for the time of the option `grace`. After `regenerate({ grace: 0 })`, for a
   * change of rights, it opens nothing.
   *
   * @throws `COOKIE_TOO_LATE` at the commit, if the response has begun, so no cookie can be sent.
   * @see https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#renew-the-session-id-after-any-privilege-level-change
   */
  regenerate(options?: RegenerateOptions | Callback, callback?: Callback): Promise<void>
  /** Ends the session in the database now. Properties that are set afterwards begin a new session. */
  destroy(callback?: Callback): Promise<void>
  /** Returns the properties as a plain object. */
  toJSON(): Record<string, unknown>
}

/** The properties of a session: the columns of the model, the keys of {@link SessionData} or `Data`, and unknown others. */
export type SessionProperties<Columns extends object = object, Data extends object = SessionData> = Columns &
  Partial<Data> & { [key: string]: unknown }

/** The type of `ctx.session`: columns and data keys as properties, and the {@link SessionMembers}. */
export type SessionView<Columns extends object = object, Data extends object = SessionData> = SessionMembers<
  SessionProperties<Columns, Data>
> &
  SessionProperties<Columns, Data>
