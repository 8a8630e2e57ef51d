import { SessionError } from '../core/errors.js'
import type { StoredSession } from '../core/manager/session-store.js'
import { escapedName, unescapedName } from '../core/properties/escaped-names.js'
import { isObject } from '../core/properties/property-names.js'
import { type CookieData, constantPart, cookieFrom } from './cookie.js'

export type Values = Readonly<Record<string, unknown>>

/** The key that hosts would take for the prototype of their session: it stays in the row, and they do not see it. */
export const unusable = '__proto__'

/** What a host passes to be stored. */
export interface Content {
  /** The properties, by the names that they are stored under. */
  readonly properties: Record<string, unknown>
  /** The constant part of the cookie, which is one of the properties. */
  readonly cookie: CookieData | undefined
}

/**
 * A copy of what a host stores, as JSON; values of columns are taken as they are. `before` is the cookie as it is stored.
 * @throws `DATA_NOT_SERIALIZABLE` for what is no session.
 */
export function contentOf(session: unknown, columns: ReadonlySet<string>, before?: unknown): Content {
  if (!isObject(session)) throw noSession()
  const entries = Object.entries(session as Values)
  const ofColumns = entries.filter(([name]) => columns.has(name))
  const { cookie, ...data } = jsonCopy(Object.fromEntries(entries.filter(([name]) => !columns.has(name))))
  const properties = Object.fromEntries([
    ...Object.entries(data).map(([name, value]) => [escapedName(name), value] as const),
    ...ofColumns,
  ])
  if (!isCookie(cookie)) return { properties, cookie: undefined }
  const kept = constantPart(cookie, isCookie(before) ? before : undefined)
  return { properties: { ...properties, cookie: kept }, cookie: kept }
}

/**
 * A stored session as the host reads it. Columns that are NULL are left out, as the host's own stores have no such keys.
 * @throws `DATA_CORRUPT` for a cookie that is no object, with which hosts fail.
 */
export function dataOf(
  { properties, expires }: Pick<StoredSession, 'properties' | 'expires'>,
  columns: ReadonlySet<string>,
): Record<string, unknown> {
  const { cookie, ...values } = properties
  const isKept = (name: string, value: unknown): boolean => name !== unusable && (value !== null || !columns.has(name))
  const kept = Object.entries(values).filter(([name, value]) => isKept(name, value))
  const data: Record<string, unknown> = Object.fromEntries(kept.map(([name, value]) => [unescapedName(name), value]))
  if (cookie === undefined) return data
  if (!isCookie(cookie)) throw noCookie()
  return { cookie: cookieFrom(cookie, expires), ...data }
}

function isCookie(value: unknown): value is CookieData {
  return isObject(value)
}

function jsonCopy(data: object): Record<string, unknown> {
  try {
    return JSON.parse(JSON.stringify(data))
  } catch (cause) {
    throw new SessionError(
      'DATA_NOT_SERIALIZABLE',
      `The session cannot be stored: ${cause instanceof Error ? cause.message : cause} Keep only what JSON can hold in it.`,
      { cause },
    )
  }
}

function noSession(): SessionError {
  return new SessionError(
    'DATA_NOT_SERIALIZABLE',
    'The host stores a session that is no object, so nothing was stored. Leave req.session an object; req.session.destroy() ends it.',
  )
}

function noCookie(): SessionError {
  return new SessionError(
    'DATA_CORRUPT',
    "The key 'cookie' of a session row is no object, so that no host can open the session. The row was left as it is: " +
      "remove the key from its data, or delete the row; 'cookie' is for the attributes of the session's cookie.",
  )
}
