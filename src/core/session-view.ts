import { inspect } from 'node:util'
import { SessionError } from './errors.js'
import { reservedNames } from './properties.js'
import type { Session } from './session.js'

/** Your own data keys, typed: add them by declaration merging. Other keys are `unknown`. */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be augmented
export interface SessionData {}

/** What every session has besides its properties. */
export interface SessionMembers<Properties> {
  /** The id in the cookie. Keep it out of logs and URLs. */
  readonly id: string
  /** Whether the session is not in the database yet. */
  readonly isNew: boolean
  /** When the session began; `null` for a new one, and where the table does not keep it. */
  readonly createdAt: Date | null
  /** When the session expires if it is not used again. */
  readonly expires: Date
  /** Writes what has changed, now. Rejects with `SESSION_GONE` if the session was ended elsewhere. */
  save(): Promise<void>
  /** Reads the row again, and forgets what has changed. Rejects with `SESSION_GONE` if the session was ended elsewhere. */
  reload(): Promise<void>
  /** Changes the session by what it holds, exactly: `change` runs again if another request was faster. */
  update(change: (session: Properties) => unknown): Promise<void>
  /** Renews the session at the end of the request, also where reading it would not. */
  touch(): void
  /** Gives the session a new id; properties stay. Call it at login, against session fixation. The old id dies with the commit. */
  regenerate(): Promise<void>
  /** Ends the session in the database, now. What is set afterwards begins a new one. */
  destroy(): Promise<void>
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

/** An object whose properties are those of the session. */
export function viewOf<Columns extends object, Data extends object>(session: Session): SessionView<Columns, Data> {
  const members: SessionMembers<never> = {
    get id() {
      return session.id
    },
    get isNew() {
      return session.isNew
    },
    get createdAt() {
      return session.createdAt
    },
    get expires() {
      return session.expires
    },
    save: () => session.save(),
    reload: () => session.reload(),
    update: (change) => session.update(() => change(view as never)),
    touch: () => session.touch(),
    regenerate: () => session.regenerate(),
    destroy: () => session.destroy(),
    toJSON: () => session.properties.toObject(),
  }
  // util.inspect looks past a proxy, at its target.
  const target = Object.create(null, { [inspect.custom]: { value: () => members.toJSON(), configurable: true } })
  const view: object = new Proxy<object>(target, handlerFor(session, members))
  return view as SessionView<Columns, Data>
}

function handlerFor(session: Session, members: SessionMembers<never>): ProxyHandler<object> {
  const isProperty = (key: string | symbol): key is string => typeof key === 'string' && !reservedNames.has(key)
  return {
    get: (_, key) => {
      if (isProperty(key)) return session.properties.get(key)
      return key === Symbol.toPrimitive ? () => '[object Session]' : Reflect.get(members, key)
    },
    set: (_, key, value) => {
      session.properties.set(nameOf(key), value)
      return true
    },
    has: (_, key) => (isProperty(key) ? session.properties.has(key) : Reflect.has(members, key)),
    deleteProperty: (_, key) => {
      if (!isProperty(key)) return false
      session.properties.remove(key)
      return true
    },
    ownKeys: () => session.properties.names(),
    getOwnPropertyDescriptor: (_, key) => {
      if (!isProperty(key) || !session.properties.has(key)) return undefined
      return { value: session.properties.get(key), writable: true, enumerable: true, configurable: true }
    },
    defineProperty: (_, key, descriptor) => {
      if (!('value' in descriptor)) return false
      session.properties.set(nameOf(key), descriptor.value)
      return true
    },
    setPrototypeOf: () => false,
    preventExtensions: () => false,
  }
}

function nameOf(key: string | symbol): string {
  if (typeof key === 'string') return key
  throw new SessionError('NAME_RESERVED', `A session property cannot be named by ${String(key)}. Use a string.`)
}
