import { deserialize, jsonSerializer, notSerializable, serialize } from '../core/codec/serializer.js'
import { SessionError } from '../core/errors.js'
import type { StoredSession } from '../core/manager/session-store.js'
import type { ResolvedOptions } from '../core/options/options.js'
import { copyOf } from '../core/properties/copy.js'
import { escapedName, unescapedName } from '../core/properties/escaped-names.js'

type Values = Readonly<Record<string, unknown>>

/** The options that decide how properties are copied. */
export type CopyOptions = Pick<ResolvedOptions, 'backend' | 'serializer'>

/** koa-session lets a store keep a session by so many milliseconds longer than the cookie, to tell of what has expired. */
const hostsMargin = 10_000

/** The name by which koa-session notes that the cookie ends with the browser. */
const sessionMark = '_session'

/** Names that koa-session's own object cannot hold as data: it throws, or loses them without a word. */
const untakeable: ReadonlySet<string> = new Set([
  '__proto__',
  'externalKey',
  'isNew',
  'length',
  'maxAge',
  'populated',
  'toJSON',
])

/** What koa-session gets of a row, and what it does not see. */
export interface Opened {
  /** The properties as the row has them. */
  readonly loaded: Values
  readonly values: Record<string, unknown>
  /** The properties with names such as `_x`: koa-session would drop them, so they are kept for it. */
  readonly hidden: Values
}

/**
 * The row in koa-session's form: no columns that are NULL, names as the host gave them, and its own `_expire` and `_maxAge`, or
 * `_session`, from the row. Throws `NAME_RESERVED` for a property that koa-session cannot hold.
 */
export function openedFor(session: StoredSession, { backend }: CopyOptions): Opened {
  const { properties: loaded, expires, maxAge } = session
  const columns = new Set(backend.columns.map(({ name }) => name))
  const shown = Object.entries(loaded).filter(([name, value]) => !(value === null && columns.has(name)))
  const values = Object.fromEntries(shown.filter(([name]) => !isHidden(name)).map(hostEntry))
  const hidden = Object.fromEntries(shown.filter(([name]) => isHidden(name) && name !== sessionMark))
  if (loaded[sessionMark] === true) return { loaded, values: { ...values, [sessionMark]: true }, hidden }
  const margin = maxAge !== null && maxAge > hostsMargin ? hostsMargin : 0
  const times = { _expire: expires.getTime() - margin, ...(maxAge !== null && { _maxAge: maxAge - margin }) }
  return { loaded, values: { ...values, ...times }, hidden }
}

function hostEntry([name, value]: readonly [string, unknown]): [string, unknown] {
  const theirs = unescapedName(name)
  refuseUntakeable(theirs)
  if (typeof value === 'bigint') throw notForHost(`'${theirs}', since it is a bigint`)
  return [theirs, value]
}

function refuseUntakeable(name: string): void {
  if (untakeable.has(name)) throw notForHost(`'${name}'`)
}

/** Whether koa-session takes the name for one of its own. */
function isHidden(name: string): boolean {
  return name.startsWith('_') && name !== '__proto__'
}

function notForHost(what: string): SessionError {
  return new SessionError(
    'NAME_RESERVED',
    `A session of koa-session cannot hold the property ${what}. Store it under another name, or as text, where your code sets ` +
      'it: in a handler, or in a script that writes to the table.',
  )
}

/**
 * The properties that koa-session wants to store, copied, with the names that rows have. As in every store of koa-session, data is
 * copied as JSON unless the manager has another serializer. Throws `DATA_NOT_SERIALIZABLE` for anything but an object of data, and
 * `NAME_RESERVED` for a property that koa-session could not read again.
 */
export function storedFrom(given: unknown, { backend, serializer }: CopyOptions): Values {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw noSession()
  const columns = new Set(backend.columns.map(({ name }) => name))
  const entries = Object.entries(given).filter(([name]) => !isHidden(name) || name === sessionMark)
  for (const [name] of entries) refuseUntakeable(name)
  const ofColumns = entries.filter(([name]) => columns.has(name)).map(([name, value]) => [name, copyOf(value)])
  const data = Object.fromEntries(entries.filter(([name]) => !columns.has(name)))
  const renamed = Object.entries(copyOfData(data, serializer)).map(([name, value]) => [escapedName(name), value])
  return Object.fromEntries([...renamed, ...ofColumns])
}

function copyOfData(data: Values, serializer: CopyOptions['serializer']): object {
  if (serializer !== jsonSerializer) return deserialize(serializer, serialize(serializer, data))
  try {
    return JSON.parse(JSON.stringify(data))
  } catch (error) {
    throw notSerializable('JSON cannot hold it', error)
  }
}

function noSession(): SessionError {
  return new SessionError(
    'DATA_NOT_SERIALIZABLE',
    'The store was given something else than an object as a session. Set ctx.session to an object; ctx.session = null ends it.',
  )
}

/**
 * The idle timeout of the row, in milliseconds: that of koa-session's cookie, and its margin. `null` is that of the manager, `undefined`
 * as it was, and 0 ends the session.
 */
export function maxAgeFrom(given: object, maxAge: unknown): number | null | undefined {
  const { _maxAge: own, [sessionMark]: isMarked } = given as Values
  if (isMarked === true || maxAge === 'session') return null
  const asked = own ?? (typeof maxAge === 'number' ? maxAge - hostsMargin : maxAge)
  if (typeof asked !== 'number') return asked as null | undefined
  if (Number.isNaN(asked)) return undefined
  return asked <= 0 ? 0 : asked + hostsMargin
}
