import { inspect } from 'node:util'
import { alreadyCommitted, orErrorCode, SessionError } from '../errors.js'
import { type Duration, toMilliseconds } from '../options/duration.js'
import type { RegenerateOptions } from '../options/regenerate-options.js'
import { readOnly } from '../properties/copy.js'
import { warnOfPrivateName } from '../properties/private-names.js'
import { reservedNames } from '../properties/property-names.js'
import type { Session } from './session.js'
import type { Callback, SessionMembers, SessionView } from './session-types.js'

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

  get populated(): boolean {
    return this.length > 0
  }

  get length(): number {
    return this.#session.properties.size
  }

  get createdAt(): Date | null {
    return this.#session.state.createdAt
  }

  get lastSeenAt(): Date | null {
    return this.#session.state.lastSeenAt
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
  readonly take = (name: string) => this.#session.take(name) as Promise<never>
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

/**
 * Members that a session of koa-session has besides, for code that was written for it. Nothing is reserved for them: a property with
 * such a name hides the member.
 */
function ofKoaSession(target: ViewTarget, name: string): unknown {
  const { session } = target
  if (name === 'hasOwnProperty') return (key: string) => session.properties.has(key)
  if (name === 'manuallyCommit') return target.members.save
  return name === 'externalKey' ? session.id : undefined
}

function valuesOf(session: Session): Record<string, unknown> {
  const values = session.properties.toObject()
  if (session.isClosed) for (const name of Object.keys(values)) values[name] = readOnly(values[name], alreadyCommitted)
  return values
}

function write(target: ViewTarget, key: string | symbol, value: unknown): boolean {
  if (key === 'maxAge') return Reflect.set(target.members, key, value)
  const name = nameOf(key)
  const { writable } = target.session
  writable.set(name, value)
  warnOfPrivateName(name, writable.schema)
  return true
}

/** One handler for all views: one for each would make every request slower. */
const handler: ProxyHandler<ViewTarget> = {
  get(target, key) {
    if (isProperty(key)) {
      const value = read(target.session, key)
      return value === undefined ? ofKoaSession(target, key) : value
    }
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
