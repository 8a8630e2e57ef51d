import { inspect } from 'node:util'
import { cookieName } from '../options/cookie-options.js'
import { toMilliseconds } from '../options/duration.js'
import type { ResolvedOptions } from '../options/options.js'
import { assertKnown } from '../options/unknown-options.js'
import { copyProperties } from '../properties/copy-properties.js'
import { Session } from '../session/session.js'
import type { SessionData, SessionProperties } from '../session/session-types.js'
import type { Shared } from '../session/shared.js'
import { check, isBoolean } from '../validation.js'
import type { CreatedSession, CreateOptions } from './manager-types.js'

const optionNames = ['maxAge', 'authenticated', 'secure'] satisfies (keyof CreateOptions)[]

/** Stores a new session with these properties under a random id, even if there are none. */
export async function createSession<Columns extends object, Data extends object>(
  shared: Shared,
  properties: Readonly<Record<string, unknown>>,
  options: CreateOptions,
): Promise<CreatedSession<Columns, Data>> {
  assertKnown('create()', options, optionNames)
  const { maxAge, authenticated = false, secure = false } = options
  check('authenticated of create()', authenticated, isBoolean, 'true or false')
  check('secure of create()', secure, isBoolean, 'true or false')
  const copy = copyProperties(shared.repository.schema, properties)
  const session = new Session(shared)
  session.properties.replace(copy)
  if (authenticated) await session.regenerate()
  if (maxAge !== undefined) session.changeable.changeMeta({ maxAge: toMilliseconds('maxAge of create()', maxAge) })
  session.state.want()
  await session.save()
  return new Created<Columns, Data>(session, cookieFor(shared.options, session.id, secure))
}

/** The name and value of the cookie, as a browser would send them. */
function cookieFor({ key, cookie }: ResolvedOptions, id: string, isSecure: boolean): string {
  return `${cookieName(key, cookie, cookie.secure === 'auto' ? isSecure : cookie.secure)}=${id}`
}

/** The id and the cookie are getters of the prototype, so neither JSON nor `inspect` shows them. */
class Created<Columns extends object, Data extends object = SessionData> implements CreatedSession<Columns, Data> {
  readonly createdAt: Date | null
  readonly expires: Date
  readonly properties: SessionProperties<Columns, Data>
  readonly #id: string
  readonly #cookie: string

  constructor(session: Session, cookie: string) {
    this.#id = session.id
    this.#cookie = cookie
    this.createdAt = session.state.createdAt
    this.expires = session.state.expires
    this.properties = session.properties.toObject() as SessionProperties<Columns, Data>
  }

  get id(): string {
    return this.#id
  }

  get cookie(): string {
    return this.#cookie
  }

  [inspect.custom](): object {
    return { ...this }
  }
}
