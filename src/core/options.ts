import { type RegisteredModel, type SessionBackend, sessionBackend } from './backend.js'
import {
  check,
  invalid,
  isBackend,
  isBatch,
  isBoolean,
  isClock,
  isCookieName,
  isIdBytes,
  isMerge,
  isPropertyName,
  isSerializer,
  isShare,
  isTimerDelay,
  refuseUnknown,
} from './checks.js'
import { type ResolvedCookieOptions, resolveCookie, type SessionCookieOptions } from './cookie-options.js'
import { type Duration, toMilliseconds } from './duration.js'
import { SessionError } from './errors.js'
import { fewestIdBytes, hashLength, idLength, mostIdBytes } from './id.js'
import type { MergeFunction } from './properties.js'
import { jsonSerializer, type Serializer } from './serializer.js'

/** When expired rows are removed. */
export interface CleanupOptions {
  /** The mean time between two runs; each one is moved by up to a quarter, so that processes do not run together. Default `'15m'`. */
  readonly interval?: Duration
  /** The most rows that one statement removes. Default 1000. */
  readonly batch?: number
}

/** Where sessions are kept: in the model that `registerSessionModel` returned, or in a backend. */
export type SessionPlace<Columns extends object = object> =
  | { readonly model: RegisteredModel<Columns>; readonly backend?: never }
  | { readonly model?: never; readonly backend: SessionBackend<Columns> }

/** What `session()` and {@link SessionManager} take: one of `model` and `backend`, and what has defaults. */
export type SessionOptions<Columns extends object = object> = SessionPlace<Columns> & SessionPolicy

/** The options that have defaults. */
export interface SessionPolicy {
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

/** How long sessions live, in milliseconds. */
export interface ResolvedTimes {
  readonly maxAge: number
  readonly rolling: boolean
  readonly touchAfter: number
  readonly absoluteTimeout: number | null
}

/** The options with their defaults: checked, complete and frozen. */
export interface ResolvedOptions<Columns extends object = object> extends ResolvedTimes {
  readonly backend: SessionBackend<Columns>
  readonly key: string
  readonly property: string
  readonly cookie: ResolvedCookieOptions
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
] as const satisfies readonly (keyof SessionPolicy | keyof SessionPlace)[]

/** Checks the options, once, and completes them. */
export function resolveOptions<Columns extends object>(options: SessionOptions<Columns>): ResolvedOptions<Columns> {
  refuseUnknown('session()', options, optionNames)
  const backend = resolveBackend(options)
  const key = check(
    'key',
    options.key ?? 'sid',
    isCookieName,
    "a cookie name such as 'sid': letters, digits and !#$%&'*+-.^_`|~",
  )
  const resolved: ResolvedOptions<Columns> = {
    backend,
    key,
    property: check('property', options.property ?? 'session', isPropertyName, "a name such as 'session'"),
    cookie: resolveCookie(options.cookie ?? {}, key),
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
      'an object whose functions serialize and deserialize turn a plain object into text and back, at once',
    ),
    merge: Object.freeze({
      ...check('merge', options.merge ?? {}, isMerge, 'an object of functions (base, mine, theirs) => value'),
    }),
    cleanup: resolveCleanup(options.cleanup),
    now: check(
      'now',
      options.now ?? backend.now ?? Date.now,
      isClock,
      'a function that returns milliseconds since 1970',
    ),
    ...resolveTimes(options),
  }
  refuseContradictions(resolved)
  return Object.freeze(resolved)
}

function resolveTimes({ maxAge, rolling, touchAfter, absoluteTimeout }: SessionPolicy): ResolvedTimes {
  return {
    maxAge: toMilliseconds('maxAge', maxAge ?? '14d'),
    rolling: check('rolling', rolling ?? true, isBoolean, 'true or false'),
    touchAfter: check('touchAfter', touchAfter ?? 0.1, isShare, 'a number from 0 to 1'),
    absoluteTimeout: absoluteTimeout === undefined ? null : toMilliseconds('absoluteTimeout', absoluteTimeout),
  }
}

function resolveBackend<Columns extends object>({ model, backend }: SessionOptions<Columns>): SessionBackend<Columns> {
  if (backend && model) throw invalid('model and backend', 'both given', 'only one of them')
  if (backend)
    return check('backend', backend, isBackend<Columns>, 'a SessionBackend, with all its methods and capabilities')
  if (isRegisteredModel<Columns>(model)) return model[sessionBackend]()
  if (!model) throw invalid('model', 'missing', 'the model that registerSessionModel returned, or a backend')
  throw new SessionError(
    'MODEL_NOT_REGISTERED',
    'The option model is not a registered session model. Pass it to registerSessionModel first, and give what that returns.',
  )
}

function isRegisteredModel<Columns extends object>(model: unknown): model is RegisteredModel<Columns> {
  return typeof model === 'function' && Object.hasOwn(model, sessionBackend)
}

function resolveCleanup(cleanup: SessionPolicy['cleanup']): ResolvedOptions['cleanup'] {
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

function refuseContradictions({ backend, absoluteTimeout, hashIds, idBytes }: ResolvedOptions): void {
  if (absoluteTimeout !== null && !backend.capabilities.creationDates) {
    throw invalid('absoluteTimeout', 'set', 'a model with the column createdAt, or leave the option out')
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
