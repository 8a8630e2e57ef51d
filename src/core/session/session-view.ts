import { inspect } from 'node:util'
import { alreadyCommitted, orErrorCode, SessionError } from '../errors.js'
import { type Duration, toMilliseconds } from '../options/duration.js'
import type { RegenerateOptions } from '../options/regenerate-options.js'
import { readOnly } from '../properties/copy.js'
import { reservedNames } from '../properties/property-names.js'
import type { Session } from './session.js'

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
  /** When `regenerate()` was last called, which is the login; `null` if it never was. */
  readonly authenticatedAt: Date | null
  /** When the session expires if it is not used again. */
  readonly expires: Date
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
   * Writes earlier changes, runs `change`, and writes its changes at once. If another request wrote to the session meanwhile,
   * `change` runs again on the fresh values, so a counter, for instance, is exact.
   *
   * @param change Changes the session. It may be asynchronous. `save`, `reload`, `update` and `destroy` inside of it fail with
   * `UPDATE_NESTED`.
   * @throws The codes of {@link save}, and any error of `change`: then none of its changes is stored.
   */
  update(change: (session: Properties) => unknown): Promise<void>
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

/** The key of a view's session. `Symbol.for`, so that two copies of this package recognize each other's views. */
const sessionKey: unique symbol = Symbol.for('koa-session-model.session') as never

/** The session behind a view; `undefined` for any other value. */
export function sessionOf(view: unknown): Session | undefined {
  return (view as { readonly [sessionKey]?: Session } | null | undefined)?.[sessionKey]
}

/** Makes a view: an object whose properties are those of the session. */
export function viewOf<Columns extends object, Data extends object>(session: Session): SessionView<Columns, Data> {
  return new ViewTarget(session).view as SessionView<Columns, Data>
}

/**
 * The target of a view, which is a proxy. It is a class, like {@link Members}, because V8 makes a hidden class for every
 * object literal with a getter, and collects those late.
 */
class ViewTarget {
  readonly session: Session
  readonly view: object
  #members: Members | undefined

  constructor(session: Session) {
    this.session = session
    this.view = new Proxy<ViewTarget>(this, handler)
  }

  get members(): Members {
    this.#members ??= new Members(this.session, this.view)
    return this.#members
  }

  /** `util.inspect` finds this method behind the proxy and calls it on the proxy, or on the target with `showProxy`. */
  [inspect.custom](): unknown {
    const session = sessionOf(this) ?? this.session
    return session.isLoaded ? orErrorCode(() => session.properties.toObject()) : '[Session, not loaded]'
  }
}

class Members implements SessionMembers<object> {
  readonly #session: Session
  readonly #view: object

  constructor(session: Session, view: object) {
    this.#session = session
    this.#view = view
  }

  get id(): string {
    return this.#session.id
  }

  get isNew(): boolean {
    return this.#session.isNew
  }

  get createdAt(): Date | null {
    return this.#session.state.createdAt
  }

  get authenticatedAt(): Date | null {
    return this.#session.state.authenticatedAt
  }

  get expires(): Date {
    return this.#session.state.expires
  }

  get maxAge(): number {
    return this.#session.state.maxAge
  }

  set maxAge(duration: Duration) {
    this.#session.changeable.changeMeta({ maxAge: toMilliseconds('session.maxAge', duration) })
  }

  readonly load = () => this.#session.load()
  readonly save = (callback?: Callback) => tell(callback, this.#session.save())
  readonly reload = (callback?: Callback) => tell(callback, this.#session.reload())
  readonly update = (change: (session: object) => unknown) => this.#session.update(() => change(this.#view))
  readonly touch = () => this.#session.touch()
  readonly regenerate = (options?: RegenerateOptions | Callback, callback?: Callback) =>
    typeof options === 'function'
      ? tell(options, this.#session.regenerate())
      : tell(callback, this.#session.regenerate(options))
  readonly destroy = (callback?: Callback) => tell(callback, this.#session.destroy())
  readonly toJSON = () => valuesOf(this.#session)
}

/** Passes the outcome to the callback, if there is one: then the promise does not reject. */
function tell(callback: unknown, work: Promise<void>): Promise<void> {
  return typeof callback === 'function'
    ? work.then(
        () => callback(),
        (error) => callback(error),
      )
    : work
}

function isProperty(key: string | symbol): key is string {
  return typeof key === 'string' && !reservedNames.has(key)
}

function read(session: Session, key: string): unknown {
  const value = session.properties.get(key)
  return session.isClosed ? readOnly(value, alreadyCommitted) : value
}

function valuesOf(session: Session): Record<string, unknown> {
  const values = session.properties.toObject()
  if (session.isClosed) for (const name of Object.keys(values)) values[name] = readOnly(values[name], alreadyCommitted)
  return values
}

function write(target: ViewTarget, key: string | symbol, value: unknown): boolean {
  if (key === 'maxAge') return Reflect.set(target.members, key, value)
  target.session.writable.set(nameOf(key), value)
  return true
}

/** One handler for all views: one for each would make every request slower. */
const handler: ProxyHandler<ViewTarget> = {
  get(target, key) {
    if (isProperty(key)) return read(target.session, key)
    if (key === sessionKey) return target.session
    return key === Symbol.toPrimitive ? () => '[object Session]' : Reflect.get(target.members, key)
  },
  set: (target, key, value) => write(target, key, value),
  has: (target, key) =>
    isProperty(key) ? target.session.properties.has(key) : key === sessionKey || Reflect.has(target.members, key),
  deleteProperty({ session }, key) {
    if (!isProperty(key)) return false
    session.writable.remove(key)
    return true
  },
  ownKeys: ({ session }) => session.properties.names(),
  getOwnPropertyDescriptor({ session }, key) {
    if (!isProperty(key) || !session.properties.has(key)) return undefined
    return { value: read(session, key), writable: true, enumerable: true, configurable: true }
  },
  defineProperty: (target, key, descriptor) => 'value' in descriptor && write(target, key, descriptor.value),
  getPrototypeOf: () => null,
  setPrototypeOf: () => false,
  preventExtensions: () => false,
}

function nameOf(key: string | symbol): string {
  if (typeof key === 'string') return key
  throw new SessionError('NAME_RESERVED', `A session property cannot be named by ${String(key)}. Use a string.`)
}
