import type { SessionBackend } from '../backend/session-backend.js'
import { resolveKeys } from '../codec/encryption.js'
import { createId, fewestIdBytes, type HashIds, idLength, mostIdBytes } from '../codec/id.js'
import { jsonSerializer, type Serializer } from '../codec/serializer.js'
import type { MergeFunction } from '../properties/change-set.js'
import { check, invalidOption, isFunction, oneOf } from '../validation.js'
import { resolveAdopt } from './adopt-options.js'
import { resolveCookie, type SessionCookieOptions } from './cookie-options.js'
import { type Duration, toMilliseconds } from './duration.js'
import { resolveExclude } from './exclude.js'
import { resolveLastSeen } from './last-seen-options.js'
import { resolveLimit, type SessionLimit } from './limit-options.js'
import {
  type ClearedData,
  isBatch,
  isByteCount,
  isClearedData,
  isClock,
  isCookieName,
  isGrace,
  isIdBytes,
  isMerge,
  isPropertyName,
  isSecret,
  isSerializer,
  isShare,
  isTimerDelay,
} from './option-checks.js'
import { type CleanupOptions, defaultCleanup, type LastSeenOptions, type RequestOutcome } from './options.js'
import type { TransportOption } from './transport.js'
import { resolveTransport } from './transport-options.js'
import { assertKnown } from './unknown-options.js'

/** The backend, and options that are checked before those that depend on them. */
export interface KnownOptions {
  readonly backend: SessionBackend
  readonly key: string
  readonly idBytes: number
}

/** One option: its default, the values that it takes, and the check of a value. */
export interface OptionSpec<Given, Resolved = Given> {
  /** `undefined` for an option that is off by default, or whose default is made anew for each manager. */
  readonly default: Given | undefined
  /** The values that the option takes, in words: the end of the sentence "Give …". */
  readonly takes: string
  /** Returns the checked value: the given one, else the default. Throws `OPTION_INVALID`. */
  resolve(option: string, given: Given | undefined, known: KnownOptions): Resolved
}

/** An option without a plain default, whose value `resolve` checks. It gets the text `takes` for its error. */
function checked<Given, Resolved>(
  takes: string,
  resolve: (given: Given | undefined, takes: string, known: KnownOptions) => Resolved,
): OptionSpec<Given, Resolved> {
  return { default: undefined, takes, resolve: (_, given, known) => resolve(given, takes, known) }
}

/** An option whose value is used as it is given. */
function plain<Value>(
  defaultValue: Value,
  passes: (value: unknown) => value is Value,
  takes: string,
): OptionSpec<Value> {
  return {
    default: defaultValue,
    takes,
    resolve: (option, given) => check(option, given ?? defaultValue, passes, takes),
  }
}

/** A time, given in milliseconds or as text such as `'14d'`, and resolved to milliseconds. */
function time(
  defaultValue: Duration,
  passes: (value: unknown) => value is number,
  takes: string,
  { mayBeZero = false } = {},
): OptionSpec<Duration, number> {
  const resolve = (option: string, given: Duration = defaultValue): number =>
    mayBeZero && given === 0 ? 0 : check(option, toMilliseconds(option, given), passes, takes)
  return { default: defaultValue, takes, resolve }
}

const takesTransport = "'cookie', bearer(), an object { read, write }, or a list of them"

/** Passes every time: `toMilliseconds` has checked it already. */
const isAnyTime = (value: unknown): value is number => typeof value === 'number'
const mebibyte = 1024 * 1024

function isNoServerError({ status }: RequestOutcome): boolean {
  return status < 500
}

const clearedByDefault = Object.freeze(['cache', 'storage'] as const)

function resolveMerge(
  given: Readonly<Record<string, MergeFunction>> | undefined,
  takes: string,
): Readonly<Record<string, MergeFunction>> {
  return Object.freeze({ ...check('merge', given ?? {}, isMerge, takes) })
}

/** Checks the option `auditKey`. The message of its error never contains the key. */
function resolveAuditKey(key: string | undefined, takes: string): string {
  if (key === undefined) return createId(32)
  if (isSecret(key)) return key
  throw invalidOption('auditKey', 'no text, or too short', takes)
}

function resolveClearSiteData(
  cleared: boolean | readonly ClearedData[] | undefined,
  takes: string,
): readonly ClearedData[] {
  if (cleared === undefined || cleared === false) return Object.freeze([])
  if (cleared === true) return clearedByDefault
  return Object.freeze([...check('clearSiteData', cleared, isClearedData, takes)])
}

function resolveCleanup(cleanup: false | CleanupOptions = {}): Readonly<{ interval: number; batch: number }> | null {
  if (cleanup === false) return null
  assertKnown('cleanup', cleanup, ['interval', 'batch'])
  const { interval = defaultCleanup.interval, batch = defaultCleanup.batch } = cleanup
  return Object.freeze({
    interval: check('cleanup.interval', toMilliseconds('cleanup.interval', interval), isTimerDelay, 'at most 14 days'),
    batch: check('cleanup.batch', batch, isBatch, 'a whole number from 1 to 10000'),
  })
}

/**
 * All options except `model` and `backend`. An option stands after those that it depends on. A test compares the defaults
 * with `docs/getting-started.md`.
 */
export const optionSpecs = {
  key: plain<string>('sid', isCookieName, "a cookie name such as 'sid': letters, digits and !#$%&'*+-.^_`|~"),
  property: plain('session', isPropertyName, "a name such as 'session'"),
  maxAge: time('14d', isAnyTime, "milliseconds, or text such as '14d'"),
  rolling: plain(true, oneOf(true, false, 'writes'), "true, false or 'writes'"),
  touchAfter: plain(0.1, isShare, 'a number from 0 to 1'),
  grace: time('10s', isGrace, 'at most 10 minutes', { mayBeZero: true }),
  timeout: time('10s', isTimerDelay, 'at most 14 days'),
  load: plain<'eager' | 'lazy'>('eager', oneOf('eager', 'lazy'), "'eager' or 'lazy'"),
  keepChanges: plain<(outcome: RequestOutcome) => boolean>(
    isNoServerError,
    isFunction<(outcome: RequestOutcome) => boolean>,
    'a function ({ status, error }) => boolean',
  ),
  onGone: plain<'ignore' | 'throw'>('ignore', oneOf('ignore', 'throw'), "'ignore' or 'throw'"),
  maxDataBytes: plain(mebibyte, isByteCount, 'a whole number from 2 to 2 GiB'),
  idBytes: plain(32, isIdBytes, `a whole number from ${fewestIdBytes} to ${mostIdBytes}`),
  hashIds: plain<HashIds>(true, oneOf(true, false, 'migrate'), "true, false or 'migrate'"),
  serializer: plain<Serializer>(
    jsonSerializer,
    isSerializer,
    'an object whose functions serialize and deserialize turn a plain object into text and back, at once',
  ),
  merge: checked('an object of functions (base, mine, theirs) => value', resolveMerge),
  absoluteTimeout: checked("a time, such as '90d'", (given: Duration | undefined) =>
    given === undefined ? null : toMilliseconds('absoluteTimeout', given),
  ),
  lastSeen: checked('{ every }', (given: LastSeenOptions | undefined, _, { backend }) =>
    resolveLastSeen(given, backend),
  ),
  exclude: checked("a path that begins with '/', a RegExp, a function, or a list of them", resolveExclude),
  limit: checked('{ by, max, onExceed }', (given: SessionLimit<never> | undefined, _, { backend }) =>
    resolveLimit(given, backend),
  ),
  cookie: checked('attributes of the cookie', (given: SessionCookieOptions | undefined, _, { key, idBytes }) =>
    resolveCookie(given ?? {}, key, idLength(idBytes)),
  ),
  transport: {
    default: 'cookie',
    takes: takesTransport,
    resolve: (_, given = 'cookie') => resolveTransport(given, takesTransport),
  } as OptionSpec<TransportOption | readonly TransportOption[], readonly TransportOption[]>,
  adopt: checked('{ cookie, secret } of the package before, or a function (request) => id', resolveAdopt),
  clearSiteData: checked(
    "true, false, or a list of 'cache', 'cookies', 'storage', 'executionContexts' and '*'",
    resolveClearSiteData,
  ),
  encryptionKeys: checked('a list of keys of 32 random bytes', resolveKeys),
  auditKey: checked('text of at least 16 characters', resolveAuditKey),
  cleanup: checked('false, or { interval, batch }', resolveCleanup),
  now: checked(
    'a function that returns milliseconds since 1970',
    (given: (() => number) | undefined, takes, { backend }) =>
      check('now', given ?? backend.now ?? (() => Date.now()), isClock, takes),
  ),
} as const
