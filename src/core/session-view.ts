import { inspect } from 'node:util'
import { type Duration, toMilliseconds } from './duration.js'
import { SessionError } from './errors.js'
import { readOnly } from './read-only.js'
import { committed } from './refusals.js'
import { reservedNames } from './reserved-names.js'
import type { Session } from './session.js'

/** Your own data keys, typed: add them by declaration merging. Other keys are `unknown`. */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be augmented
export interface SessionData {}

/** A function in the style of Node.js, for middlewares made for other session libraries. */
export type Callback = (error?: unknown) => void

/** What every session has besides its properties. */
export interface SessionMembers<Properties> {
  /** The id in the cookie. Keep it out of logs and URLs. */
  readonly id: string
  /** Whether the session is not in the database yet. */
  readonly isNew: boolean
  /** When the session began; `null` for a new one, and where the table does not keep it. */
  readonly createdAt: Date | null
  /** When `regenerate()` was last called, which is when somebody logged in; else `null`. */
  readonly authenticatedAt: Date | null
  /** When the session expires if it is not used again. */
  readonly expires: Date
  /** The idle timeout of this session, in milliseconds. */
  get maxAge(): number
  /** Gives this session an idle timeout of its own ("remember me"): milliseconds or text such as `'30d'`. */
  set maxAge(duration: Duration)
  /** Reads the session, with the option `load: 'lazy'`. Else it has been read. */
  load(): Promise<void>
  /** Writes what has changed, now. Rejects with `SESSION_GONE` if the session was ended elsewhere. */
  save(callback?: Callback): Promise<void>
  /** Reads the row again, and forgets what has changed. Rejects with `SESSION_GONE` if the session was ended elsewhere. */
  reload(callback?: Callback): Promise<void>
  /** Changes the session by what it holds, exactly: `change` runs again if another request was faster. Stores it at once. */
  update(change: (session: Properties) => unknown): Promise<void>
  /** Renews the session at the end of the request, also where reading it would not. */
  touch(): void
  /**
   * Gives the session a new id; properties stay. Call it at login, against session fixation. The old id opens nothing
   * new from the commit on.
   */
  regenerate(callback?: Callback): Promise<void>
  /** Ends the session in the database, now. What is set afterwards begins a new one. */
  destroy(callback?: Callback): Promise<void>
  /** The properties as a plain object. */
  toJSON(): Record<string, unknown>
}

/** The properties of a session: the model's columns, the keys of {@link SessionData} or `Data`, and unknown others. */
export type SessionProperties<Columns extends object = object, Data extends object = SessionData> = Columns &
  Partial<Data> & { [key: string]: unknown }

/** `ctx.session`: columns and data keys as properties, and the {@link SessionMembers}. */
export type SessionView<Columns extends object = object, Data extends object = SessionData> = SessionMembers<
  SessionProperties<Columns, Data>
> &
  SessionProperties<Columns, Data>

/** Under this key a view gives its session. `Symbol.for`, so that two copies of this package agree. */
const sessionKey: unique symbol = Symbol.for('koa-session-model.session') as never

/** The session behind a view, if it is one. */
export function sessionOf(view: unknown): Session | undefined {
  return (view as { readonly [sessionKey]?: Session } | null | undefined)?.[sessionKey]
}

/** An object whose properties are those of the session. */
export function viewOf<Columns extends object, Data extends object>(session: Session): SessionView<Columns, Data> {
  let made: Members | undefined
  const members = (): Members => {
    made ??= membersOf(session, () => view)
    return made
  }
  // util.inspect looks past a proxy, at its target.
  const target = Object.create(null, { [inspect.custom]: { value: () => inspected(session), configurable: true } })
  const view: object = new Proxy<object>(target, handlerFor(session, members))
  return view as SessionView<Columns, Data>
}

type Members = SessionMembers<never> & { readonly [sessionKey]: Session }

function membersOf(session: Session, view: () => object): Members {
  return {
    [sessionKey]: session,
    get id() {
      return session.id
    },
    get isNew() {
      return session.isNew
    },
    get createdAt() {
      return session.state.createdAt
    },
    get authenticatedAt() {
      return session.state.authenticatedAt
    },
    get expires() {
      return session.state.expires
    },
    get maxAge(): number {
      return session.state.maxAge
    },
    set maxAge(duration: Duration) {
      session.changeable.note({ maxAge: toMilliseconds('session.maxAge', duration) })
    },
    load: () => session.load(),
    save: (callback) => tell(callback, session.save()),
    reload: (callback) => tell(callback, session.reload()),
    update: (change) => session.update(() => change(view() as never)),
    touch: () => session.touch(),
    regenerate: (callback) => tell(callback, session.regenerate()),
    destroy: (callback) => tell(callback, session.destroy()),
    toJSON: () => valuesOf(session),
  }
}

/** With a callback, only that hears of an error. */
function tell(callback: unknown, work: Promise<void>): Promise<void> {
  return typeof callback === 'function'
    ? work.then(
        () => callback(),
        (error) => callback(error),
      )
    : work
}

function inspected(session: Session): unknown {
  return session.isLoaded ? session.properties.toObject() : '[Session, not loaded]'
}

function valuesOf(session: Session): Record<string, unknown> {
  const values = session.properties.toObject()
  if (session.isClosed) for (const name of Object.keys(values)) values[name] = readOnly(values[name], committed)
  return values
}

function handlerFor(session: Session, members: () => Members): ProxyHandler<object> {
  const isProperty = (key: string | symbol): key is string => typeof key === 'string' && !reservedNames.has(key)
  const read = (key: string): unknown => {
    const value = session.properties.get(key)
    return session.isClosed ? readOnly(value, committed) : value
  }
  const write = (key: string | symbol, value: unknown): boolean => {
    if (key === 'maxAge') return Reflect.set(members(), key, value)
    session.writable.set(nameOf(key), value)
    return true
  }
  return {
    get: (_, key) => {
      if (isProperty(key)) return read(key)
      return key === Symbol.toPrimitive ? () => '[object Session]' : Reflect.get(members(), key)
    },
    set: (_, key, value) => write(key, value),
    has: (_, key) => (isProperty(key) ? session.properties.has(key) : Reflect.has(members(), key)),
    deleteProperty: (_, key) => {
      if (!isProperty(key)) return false
      session.writable.remove(key)
      return true
    },
    ownKeys: () => session.properties.names(),
    getOwnPropertyDescriptor: (_, key) => {
      if (!isProperty(key) || !session.properties.has(key)) return undefined
      return { value: read(key), writable: true, enumerable: true, configurable: true }
    },
    defineProperty: (_, key, descriptor) => 'value' in descriptor && write(key, descriptor.value),
    setPrototypeOf: () => false,
    preventExtensions: () => false,
  }
}

function nameOf(key: string | symbol): string {
  if (typeof key === 'string') return key
  throw new SessionError('NAME_RESERVED', `A session property cannot be named by ${String(key)}. Use a string.`)
}
