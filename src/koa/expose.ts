import { SessionError } from '../core/errors.js'
import type { RequestSession } from './request-session.js'

const sessionsKey: unique symbol = Symbol('the sessions of a request')

/** A context, as the middlewares use it. Assigning is several times as fast as `Reflect.set`. */
type Served = { [sessionsKey]?: RequestSession } & Record<symbol, RequestSession>

/**
 * Whether the manager serves this request for the first time: an app and one mounted on it may share it. Another one may
 * not have a cookie of the same name, as the names are on this request.
 */
export function isFirst(ctx: object, session: RequestSession): boolean {
  const served = ctx as Served
  const last = served[sessionsKey]
  for (let other = last; other; other = other.before) if (other.manager === session.manager) return false
  for (let other = last; other; other = other.before) refuseSameCookie(other, session)
  session.before = last
  served[sessionsKey] = session
  return true
}

function refuseSameCookie(one: RequestSession, { cookieName }: RequestSession): void {
  if (one.cookieName === cookieName) throw taken(`the cookie '${cookieName}'`)
}

/**
 * Lets a middleware expose sessions as the property of contexts. The accessor is the same for all: one made for each
 * would make every context slow.
 */
export function exposer(property: string): (ctx: object, session: RequestSession) => void {
  const key = Symbol(`ctx.${property}`)
  const accessor: PropertyDescriptor = {
    configurable: true,
    enumerable: true,
    get(): unknown {
      return sessionAt(this, key).view
    },
    set(value: unknown) {
      const { session } = sessionAt(this, key)
      if (value === null) session.end()
      else session.writable.replace(value as Record<string, unknown>)
    },
  }
  return (ctx, session) => {
    if (property in ctx) throw taken(`ctx.${property}`)
    ;(ctx as Served)[key] = session
    Object.defineProperty(ctx, property, accessor)
  }
}

function sessionAt(ctx: object, key: symbol): RequestSession {
  return (ctx as Served)[key] as RequestSession
}

function taken(what: string): SessionError {
  return new SessionError(
    'PROPERTY_TAKEN',
    `Something else uses ${what} already, perhaps another session middleware. Give this one a property and a key of its own.`,
  )
}
