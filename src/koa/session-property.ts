import { SessionError } from '../core/errors.js'
import { isSameTransport } from '../core/options/bearer.js'
import { warnOfListeners } from './foreign-listeners.js'
import type { KoaSession } from './koa-session.js'

const sessionsKey: unique symbol = Symbol('the sessions of a request')

/** A context that holds the last of its sessions, which refers to the others. */
type Served = { [sessionsKey]?: KoaSession }

/**
 * Whether the manager has not yet served this request: an app and one mounted on it may share it. Throws `PROPERTY_TAKEN`
 * if another manager uses the same property, cookie name or transport on this request.
 */
export function claimRequest(ctx: object, session: KoaSession): boolean {
  const served = ctx as Served
  const last = served[sessionsKey]
  for (let other = last; other; other = other.before) if (other.manager === session.manager) return false
  for (let other = last; other; other = other.before) assertDifferent(other, session)
  session.before = last
  served[sessionsKey] = session
  return true
}

function assertDifferent(one: KoaSession, other: KoaSession): void {
  if (one.cookieName !== undefined && one.cookieName === other.cookieName) throw taken(`the cookie '${one.cookieName}'`)
  assertOtherTransports(one, other)
  if (one.property === other.property) throw taken(`ctx.${one.property}`)
}

/** Throws `PROPERTY_TAKEN` if both managers read one transport: the id of the one would be unknown to the other. */
function assertOtherTransports(one: KoaSession, other: KoaSession): void {
  const { transport: others } = other.manager.options
  for (const transport of one.manager.options.transport) {
    if (transport === 'cookie' || !others.some((theirs) => isSameTransport(transport, theirs))) continue
    throw new SessionError(
      'PROPERTY_TAKEN',
      'Two session middlewares of this request read the id from the same place, such as the header Authorization. ' +
        'Give only one of them this transport.',
    )
  }
}

/**
 * Returns the function by which a middleware exposes sessions as the property of contexts. The accessor belongs to the app,
 * whose context is the prototype of all others: one per request would make every request slow.
 */
export function exposer(property: string): (ctx: object, session: KoaSession) => void {
  const { accessor } = accessorOf(property)
  let prepared: object | undefined
  return (ctx, session) => {
    if (Object.getPrototypeOf(ctx) !== prepared) prepared = prepare(ctx, property, accessor)
    else if (Object.hasOwn(ctx, property)) throw taken(`ctx.${property}`)
    session.isExposed = true
  }
}

/** Defines the accessor on the app's context, and returns that; on the context itself if Koa has not made it. */
function prepare(ctx: object, property: string, accessor: PropertyDescriptor): object | undefined {
  warnOfListeners(ctx)
  const context = appContextOf(ctx)
  const found = nearest(ctx, property)
  if (found && found.get !== accessor.get) throw taken(`ctx.${property}`)
  if (!found) Object.defineProperty(context ?? ctx, property, accessor)
  return context
}

/** The context of the app; `undefined` if Koa has not made this context from it, or it cannot be extended. */
function appContextOf(ctx: object): object | undefined {
  const { app } = ctx as { app?: { context?: object } }
  const prototype = Object.getPrototypeOf(ctx)
  return prototype !== null && prototype === app?.context && Object.isExtensible(prototype) ? prototype : undefined
}

/** The nearest descriptor of the property, on the object or its prototypes. */
function nearest(object: object, property: string): PropertyDescriptor | undefined {
  let found: PropertyDescriptor | undefined
  for (let at: object | null = object; at && !found; at = Object.getPrototypeOf(at)) {
    found = Object.getOwnPropertyDescriptor(at, property)
  }
  return found
}

/** The attributes of a property that an ordinary assignment creates. */
const ordinary: PropertyDescriptor = { writable: true, enumerable: true, configurable: true }

/** The accessor of a property, and the contexts on which it was read before they had a session. */
interface Exposed {
  readonly accessor: PropertyDescriptor
  readonly early: WeakSet<object>
}

const exposed = new Map<string, Exposed>()

/**
 * The accessor of a property, shared by all middlewares: those of one app may share a property if no request meets two of
 * them.
 */
function accessorOf(property: string): Exposed {
  const found = exposed.get(property) ?? makeAccessor(property, new WeakSet())
  exposed.set(property, found)
  return found
}

/**
 * Returns the test whether a context's property was read before there was a session. Works only once the app has served a
 * request.
 */
export function earlyReads(property: string): { has(ctx: object): boolean } {
  return accessorOf(property).early
}

/** Makes the accessor. On a request that none of our middlewares serves, it acts as if it did not exist. */
function makeAccessor(property: string, early: WeakSet<object>): Exposed {
  const accessor: PropertyDescriptor & ThisType<object> = {
    enumerable: true,
    configurable: true, // tests put another value in its place
    get() {
      const served = sessionAt(this, property)
      if (served) return served.isNull ? null : served.session.view
      early.add(this)
      return undefined
    },
    set(value) {
      const served = sessionAt(this, property)
      if (!served) Object.defineProperty(this, property, { ...ordinary, value })
      else replace(served, value)
    },
  }
  return { accessor, early }
}

/** Ends the session for `null`; else replaces its properties. */
function replace(served: KoaSession, value: unknown): void {
  if (value === null) served.session.end()
  else served.session.replace(value as Record<string, unknown>)
  served.isNull = value === null
}

function sessionAt(ctx: object, property: string): KoaSession | undefined {
  let session = (ctx as Served)[sessionsKey]
  while (session && session.property !== property) session = session.before
  return session?.isExposed ? session : undefined
}

function taken(what: string): SessionError {
  return new SessionError(
    'PROPERTY_TAKEN',
    `Something else uses ${what} already: another session middleware, or a middleware before session() that has set it. ` +
      'Give this one a property and a key of its own, or move session() before that middleware. A test replaces it on app.context ' +
      'after the first request.',
  )
}
