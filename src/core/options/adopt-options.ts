import { expressId, koaId } from '../codec/old-signatures.js'
import { check, invalidOption, isFunction, shown } from '../validation.js'
import { isCookieName } from './option-checks.js'
import { assertKnown } from './unknown-options.js'

/** A request, as the function of the option `adopt` gets it. */
export interface OldRequest {
  readonly headers: { readonly cookie?: string | readonly string[] | undefined }
}

/** The signed cookie of the package that kept the sessions before. */
export interface OldCookie {
  /** The name of the cookie: `'connect.sid'` of express-session, `'koa.sess'` of koa-session, `'koa.sid'` of koa-generic-session. */
  readonly cookie: string
  /** The secret that signed it, or several, if it was changed: the `secret` of express-session, the `app.keys` of Koa. */
  readonly secret: string | readonly string[]
  /**
   * The text that the old store put before the id in its table, such as `'koa:sess:'` of koa-generic-session.
   *
   * @default ''
   */
  readonly prefix?: string
}

/** Returns the id of the row that the request's old session has, or `undefined`. It must verify the signature itself. */
export type AdoptFunction = (request: OldRequest) => string | undefined

/** The option `adopt`, checked. It holds the secrets where no log can show them. */
export interface ResolvedAdopt {
  /** The name of the old cookie; `null` if a function of the application finds the id. */
  readonly cookie: string | null
  /** The id of the row that the old session has, if the request has one. `read` returns the value of a cookie. */
  readonly idIn: (request: OldRequest, read: (name: string) => string | undefined) => string | undefined
}

/** Checks the option `adopt`; `null` if it is not given. The message of its error never contains a secret. */
export function resolveAdopt(adopt: OldCookie | AdoptFunction | undefined, takes: string): ResolvedAdopt | null {
  if (adopt === undefined) return null
  if (isFunction<AdoptFunction>(adopt)) return Object.freeze({ cookie: null, idIn: byFunction(adopt) })
  if (typeof adopt !== 'object' || adopt === null) throw invalidOption('adopt', shown(adopt), takes)
  assertKnown('adopt', adopt, ['cookie', 'secret', 'prefix'], hints)
  const { secret, prefix = '' } = adopt
  const name = check('adopt.cookie', adopt.cookie, isCookieName, "the name of the old cookie, such as 'connect.sid'")
  const secrets = secretsIn(secret)
  check('adopt.prefix', prefix, (value): value is string => typeof value === 'string', "text such as 'koa:sess:'")
  return Object.freeze({
    cookie: name,
    idIn: (_: OldRequest, read: (name: string) => string | undefined) => {
      const value = read(name)
      if (!value) return undefined
      const id = expressId(value, secrets) ?? koaId(name, value, read(`${name}.sig`), secrets)
      return id ? prefix + id : undefined
    },
  })
}

const hints = new Map([
  ['secrets', 'The option is secret, which takes a list too.'],
  ['keys', 'The option is secret, which takes a list too: adopt.secret = app.keys.'],
  ['name', 'The name of the old cookie is adopt.cookie.'],
])

function secretsIn(secret: unknown): readonly string[] {
  const secrets: unknown[] = Array.isArray(secret) ? [...secret] : [secret]
  if (secrets.length > 0 && secrets.every((one): one is string => typeof one === 'string' && one !== '')) return secrets
  throw invalidOption(
    'adopt.secret',
    'no text, or empty',
    'the secret that signed the old cookie, or a list of them: no unsigned cookie is adopted',
  )
}

function byFunction(adopt: AdoptFunction): ResolvedAdopt['idIn'] {
  return (request) => {
    const id: unknown = adopt(request)
    if (id === undefined || (typeof id === 'string' && id !== '')) return id
    throw invalidOption(
      'adopt',
      `a function that returned ${typeof id === 'string' ? 'an empty text' : typeof id}`,
      'one that returns the id of the old row at once, or undefined',
    )
  }
}
