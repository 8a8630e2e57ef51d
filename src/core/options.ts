import { type RegisteredModel, type SessionBackend, sessionBackend } from './backend.js'
import {
  check,
  invalid,
  isAttributeValue,
  isBackend,
  isBatch,
  isBoolean,
  isCookieName,
  isFunction,
  isIdBytes,
  isMerge,
  isNonEmptyString,
  isSerializer,
  isShare,
  isTimerDelay,
  oneOf,
  refuseUnknown,
} from './checks.js'
import { type Duration, toMilliseconds } from './duration.js'
import { SessionError } from './errors.js'
import { fewestIdBytes, hashLength, idLength, mostIdBytes } from './id.js'
import type { MergeFunction } from './properties.js'
import { jsonSerializer, type Serializer } from './serializer.js'

/** The attributes of the session cookie. */
export interface SessionCookieOptions {
  /** The host, and its subdomains, that get the cookie. Default: only the host that set it. */
  readonly domain?: string
  /** Default `'/'`. */
  readonly path?: string
  /** Only over HTTPS. Default `'auto'`: on exactly when the request came over HTTPS (`ctx.secure`). */
  readonly secure?: boolean | 'auto'
  /** Hidden from scripts. Default `true`. */
  readonly httpOnly?: boolean
  /** Default `'lax'`. */
  readonly sameSite?: 'lax' | 'strict' | 'none'
  /** Kept apart for each top-level site (CHIPS). Default `false`. */
  readonly partitioned?: boolean
  readonly priority?: 'low' | 'medium' | 'high'
}

/** When expired rows are removed. */
export interface CleanupOptions {
  /** The mean time between two runs; each one is moved by up to a quarter, so that processes do not run together. Default `'15m'`. */
  readonly interval?: Duration
  /** The most rows that one statement removes. Default 1000. */
  readonly batch?: number
}

/** What `session()` and {@link SessionManager} take. One of `model` and `backend` is needed; the rest has defaults. */
export interface SessionOptions<Columns extends object = object> {
  /** The model that `registerSessionModel` returned. */
  readonly model?: RegisteredModel<Columns>
  /** A backend, instead of a model. */
  readonly backend?: SessionBackend<Columns>
  /** The name of the cookie. Default `'sid'`. */
  readonly key?: string
  /** The name of the session on `ctx`. Default `'session'`. */
  readonly property?: string
  /** How long a session lives after its last use (idle timeout). Default `'14d'`. */
  readonly maxAge?: Duration
  /** Whether use renews a session. Default `true`; with `false` it ends `maxAge` after it began, or after `touch()`. */
  readonly rolling?: boolean
  /** The share of `maxAge` (0 to 1) that must have passed before a mere read renews. Default 0.1. */
  readonly touchAfter?: number
  /** How long a session lives at the most, used or not. Default: no limit. Needs the column `createdAt`. */
  readonly absoluteTimeout?: Duration
  /** The attributes of the cookie. */
  readonly cookie?: SessionCookieOptions
  /** How many random bytes an id has: 16 to 64. Default 32. */
  readonly idBytes?: number
  /** Store the SHA-256 of an id instead of the id. Default `true`. */
  readonly hashIds?: boolean
  /** How data becomes text. Default: JSON that refuses what it would lose. */
  readonly serializer?: Serializer
  /** By property name: settles a property that two requests changed at the same time. Default: the later commit. */
  readonly merge?: Readonly<Record<string, MergeFunction>>
  /** When expired rows are removed; `false` for never. Default: every 15 minutes. */
  readonly cleanup?: false | CleanupOptions
  /** The clock, in milliseconds since 1970. Default: the model's own, else `Date.now`. */
  readonly now?: () => number
}

/** The options with their defaults: checked, complete and frozen. */
export interface ResolvedOptions<Columns extends object = object> {
  readonly backend: SessionBackend<Columns>
  readonly key: string
  readonly property: string
  readonly maxAge: number
  readonly rolling: boolean
  readonly touchAfter: number
  readonly absoluteTimeout: number | null
  readonly cookie: Readonly<Required<Omit<SessionCookieOptions, 'domain' | 'priority'>> & SessionCookieOptions>
  readonly idBytes: number
  readonly hashIds: boolean
  readonly serializer: Serializer
  readonly merge: Readonly<Record<string, MergeFunction>>
  readonly cleanup: Readonly<{ interval: number; batch: number }> | null
  readonly now: () => number
}

const optionNames = [
  'model',
  'backend',
  'key',
  'property',
  'maxAge',
  'rolling',
  'touchAfter',
  'absoluteTimeout',
  'cookie',
  'idBytes',
  'hashIds',
  'serializer',
  'merge',
  'cleanup',
  'now',
] as const satisfies readonly (keyof SessionOptions)[]

const cookieNames = [
  'domain',
  'path',
  'secure',
  'httpOnly',
  'sameSite',
  'partitioned',
  'priority',
] as const satisfies readonly (keyof SessionCookieOptions)[]

/** Checks the options, once, and completes them. */
export function resolveOptions<Columns extends object>(options: SessionOptions<Columns>): ResolvedOptions<Columns> {
  refuseUnknown('session()', options, optionNames)
  const backend = resolveBackend(options)
  const maxAge = toMilliseconds('maxAge', options.maxAge ?? '14d')
  const resolved: ResolvedOptions<Columns> = {
    backend,
    key: check(
      'key',
      options.key ?? 'sid',
      isCookieName,
      "a cookie name such as 'sid': letters, digits and !#$%&'*+-.^_`|~",
    ),
    property: check('property', options.property ?? 'session', isNonEmptyString, 'a name'),
    maxAge,
    rolling: check('rolling', options.rolling ?? true, isBoolean, 'true or false'),
    touchAfter: check('touchAfter', options.touchAfter ?? 0.1, isShare, 'a number from 0 to 1'),
    absoluteTimeout:
      options.absoluteTimeout === undefined ? null : toMilliseconds('absoluteTimeout', options.absoluteTimeout),
    cookie: resolveCookie(options.cookie ?? {}),
    idBytes: check(
      'idBytes',
      options.idBytes ?? 32,
      isIdBytes,
      `a whole number from ${fewestIdBytes} to ${mostIdBytes}`,
    ),
    hashIds: check('hashIds', options.hashIds ?? true, isBoolean, 'true or false'),
    serializer: check(
      'serializer',
      options.serializer ?? jsonSerializer,
      isSerializer,
      'an object with the functions serialize and deserialize',
    ),
    merge: Object.freeze({
      ...check('merge', options.merge ?? {}, isMerge, 'an object of functions (base, mine, theirs) => value'),
    }),
    cleanup: resolveCleanup(options.cleanup),
    now: check(
      'now',
      options.now ?? backend.now ?? Date.now,
      isFunction<() => number>,
      'a function that returns milliseconds',
    ),
  }
  refuseContradictions(resolved)
  return Object.freeze(resolved)
}

function resolveBackend<Columns extends object>({ model, backend }: SessionOptions<Columns>): SessionBackend<Columns> {
  if (backend && model) throw invalid('model and backend', 'both given', 'only one of them')
  if (backend) return check('backend', backend, isBackend<Columns>, 'a SessionBackend')
  if (isRegisteredModel(model)) return model[sessionBackend]()
  if (!model) throw invalid('model', 'missing', 'the model that registerSessionModel returned, or a backend')
  throw new SessionError(
    'MODEL_NOT_REGISTERED',
    'The option model is not a registered session model. Pass it to registerSessionModel first, and give what that returns.',
  )
}

function isRegisteredModel<Columns extends object>(model: unknown): model is RegisteredModel<Columns> {
  return typeof model === 'function' && sessionBackend in model
}

function resolveCookie(cookie: SessionCookieOptions): ResolvedOptions['cookie'] {
  refuseUnknown('cookie', cookie, cookieNames)
  const { domain, priority } = cookie
  if (domain !== undefined) check('cookie.domain', domain, isAttributeValue, 'a domain')
  if (priority !== undefined)
    check('cookie.priority', priority, oneOf('low', 'medium', 'high'), "'low', 'medium' or 'high'")
  return Object.freeze({
    path: check('cookie.path', cookie.path ?? '/', isAttributeValue, 'a path'),
    secure: check('cookie.secure', cookie.secure ?? 'auto', oneOf(true, false, 'auto'), "true, false or 'auto'"),
    httpOnly: check('cookie.httpOnly', cookie.httpOnly ?? true, isBoolean, 'true or false'),
    sameSite: check(
      'cookie.sameSite',
      cookie.sameSite ?? 'lax',
      oneOf('lax', 'strict', 'none'),
      "'lax', 'strict' or 'none'",
    ),
    partitioned: check('cookie.partitioned', cookie.partitioned ?? false, isBoolean, 'true or false'),
    ...(domain === undefined ? {} : { domain }),
    ...(priority === undefined ? {} : { priority }),
  })
}

function resolveCleanup(cleanup: SessionOptions['cleanup']): ResolvedOptions['cleanup'] {
  if (cleanup === false) return null
  refuseUnknown('cleanup', cleanup ?? {}, ['interval', 'batch'])
  return Object.freeze({
    interval: check(
      'cleanup.interval',
      toMilliseconds('cleanup.interval', cleanup?.interval ?? '15m'),
      isTimerDelay,
      'at most 14 days',
    ),
    batch: check('cleanup.batch', cleanup?.batch ?? 1000, isBatch, 'a whole number from 1 to 10000'),
  })
}

function refuseContradictions({ backend, absoluteTimeout, hashIds, idBytes, cookie }: ResolvedOptions): void {
  if (absoluteTimeout !== null && !backend.capabilities.creationDates) {
    throw invalid('absoluteTimeout', 'set', 'a model with the column createdAt, or leave the option out')
  }
  if (cookie.sameSite === 'none' && cookie.secure === false) {
    throw invalid('cookie.sameSite', "'none' with secure: false, which browsers refuse", "secure: true or 'auto'")
  }
  const { idLength: most } = backend.capabilities
  const needed = hashIds ? hashLength : idLength(idBytes)
  if (most === null || most >= needed) return
  throw new SessionError(
    'ID_TOO_LONG',
    `The id column holds ${most} characters, and ids need ${needed}. Widen the column` +
      (hashIds ? ', or set hashIds: false with fewer idBytes.' : ', or set fewer idBytes.'),
  )
}
