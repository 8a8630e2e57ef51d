import { type SessionBackend, sessionBackend } from '../backend/session-backend.js'
import { createId, fewestIdBytes, hashLength, idLength, mostIdBytes } from '../codec/id.js'
import { jsonSerializer } from '../codec/serializer.js'
import { SessionError } from '../errors.js'
import { check, invalid, isBoolean, isFunction, oneOf } from '../validation.js'
import { resolveCookie } from './cookie-options.js'
import { toMilliseconds } from './duration.js'
import { resolveKeys } from './encryption-keys.js'
import { resolveExclude } from './exclude.js'
import { resolveLimit } from './limit-options.js'
import {
  type ClearedData,
  isBackend,
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
import { sessionHints } from './option-hints.js'
import {
  defaultCleanup,
  type RequestOutcome,
  type ResolvedOptions,
  type ResolvedTimes,
  type SessionOptions,
  type SessionPlace,
  type SessionPolicy,
} from './options.js'
import { isRegisteredModel, noBackend, noPlace, notRegistered } from './refuse-shape.js'
import { refuseUnknown } from './unknown-options.js'

const optionNames = [
  'model',
  'backend',
  'key',
  'property',
  'maxAge',
  'rolling',
  'touchAfter',
  'absoluteTimeout',
  'grace',
  'timeout',
  'load',
  'exclude',
  'keepChanges',
  'onGone',
  'limit',
  'cookie',
  'clearSiteData',
  'encryptionKeys',
  'maxDataBytes',
  'auditKey',
  'idBytes',
  'hashIds',
  'serializer',
  'merge',
  'cleanup',
  'now',
] as const satisfies readonly (keyof SessionPolicy | keyof SessionPlace)[]

/** Checks the options, once, and completes them. */
export function resolveOptions<Columns extends object>(options: SessionOptions<Columns>): ResolvedOptions<Columns> {
  refuseUnknown('session()', options, optionNames, sessionHints)
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
    load: check('load', options.load ?? 'eager', oneOf('eager', 'lazy'), "'eager' or 'lazy'"),
    isExcluded: resolveExclude(options.exclude),
    keepChanges: check(
      'keepChanges',
      options.keepChanges ?? isNoServerError,
      isFunction<ResolvedOptions['keepChanges']>,
      'a function ({ status, error }) => boolean',
    ),
    onGone: check('onGone', options.onGone ?? 'ignore', oneOf('ignore', 'throw'), "'ignore' or 'throw'"),
    limit: resolveLimit(options.limit, backend),
    cookie: resolveCookie(options.cookie ?? {}, key, idLength(options.idBytes ?? 32)),
    clearSiteData: resolveClearSiteData(options.clearSiteData),
    encryptionKeys: resolveKeys(options.encryptionKeys),
    maxDataBytes: check(
      'maxDataBytes',
      options.maxDataBytes ?? mebibyte,
      isByteCount,
      'a whole number from 2 to 2 GiB',
    ),
    auditKey: resolveAuditKey(options.auditKey),
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
  return Object.freeze(hideKeys(resolved))
}

/** Logging or sending the options shows no key. Getters, which `inspect` with `showHidden` names and does not call. */
function hideKeys<Options extends ResolvedOptions>(options: Options): Options {
  const { encryptionKeys, auditKey } = options
  return Object.defineProperties(options, {
    encryptionKeys: { get: () => encryptionKeys, enumerable: false },
    auditKey: { get: () => auditKey, enumerable: false },
  })
}

/** The message of an error never holds the key. */
function resolveAuditKey(key = createId(32)): string {
  if (isSecret(key)) return key
  throw invalid('auditKey', 'no text, or too short', 'text of at least 16 characters')
}

const mebibyte = 1024 * 1024
const clearedByDefault = ['cache', 'storage'] as const

function resolveClearSiteData(cleared: SessionPolicy['clearSiteData'] = false): readonly ClearedData[] {
  const takes = "true, false, or a list of 'cache', 'cookies', 'storage', 'executionContexts' and '*'"
  return Object.freeze(
    typeof cleared === 'boolean'
      ? cleared
        ? clearedByDefault
        : []
      : [...check('clearSiteData', cleared, isClearedData, takes)],
  )
}

function isNoServerError({ status }: RequestOutcome): boolean {
  return status < 500
}

type Times = Pick<SessionPolicy, keyof ResolvedTimes>

function resolveTimes({ maxAge, rolling, touchAfter, absoluteTimeout, grace, timeout }: Times): ResolvedTimes {
  return {
    maxAge: toMilliseconds('maxAge', maxAge ?? '14d'),
    rolling: check('rolling', rolling ?? true, isBoolean, 'true or false'),
    touchAfter: check('touchAfter', touchAfter ?? 0.1, isShare, 'a number from 0 to 1'),
    absoluteTimeout: absoluteTimeout === undefined ? null : toMilliseconds('absoluteTimeout', absoluteTimeout),
    grace: grace === 0 ? 0 : check('grace', toMilliseconds('grace', grace ?? '10s'), isGrace, 'at most 10 minutes'),
    timeout: check('timeout', toMilliseconds('timeout', timeout ?? '10s'), isTimerDelay, 'at most 14 days'),
  }
}

function resolveBackend<Columns extends object>(options: SessionOptions<Columns>): SessionBackend<Columns> {
  const { model, backend } = options
  if (backend && model) {
    throw new SessionError(
      'OPTION_INVALID',
      'The options model and backend are both given, and each says where sessions are kept. Give only one of them.',
    )
  }
  if (backend) {
    if (isBackend<Columns>(backend)) return backend
    throw noBackend(backend)
  }
  if (isRegisteredModel<Columns>(model)) return model[sessionBackend]()
  throw model === undefined || model === null ? noPlace(options) : notRegistered(model)
}

function resolveCleanup(cleanup: SessionPolicy['cleanup']): ResolvedOptions['cleanup'] {
  if (cleanup === false) return null
  refuseUnknown('cleanup', cleanup ?? {}, ['interval', 'batch'])
  return Object.freeze({
    interval: check(
      'cleanup.interval',
      toMilliseconds('cleanup.interval', cleanup?.interval ?? defaultCleanup.interval),
      isTimerDelay,
      'at most 14 days',
    ),
    batch: check('cleanup.batch', cleanup?.batch ?? defaultCleanup.batch, isBatch, 'a whole number from 1 to 10000'),
  })
}

function refuseContradictions(options: ResolvedOptions): void {
  const { backend, absoluteTimeout, hashIds, idBytes } = options
  refuseTooLate(options)
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

/** Throws where a session of now would expire later than its column can tell. */
function refuseTooLate({ backend, maxAge, absoluteTimeout, now }: ResolvedOptions): void {
  const { latestExpiry } = backend.capabilities
  const [option, longest] =
    absoluteTimeout !== null && absoluteTimeout < maxAge ? ['absoluteTimeout', absoluteTimeout] : ['maxAge', maxAge]
  if (typeof latestExpiry !== 'number' || now() + longest <= latestExpiry) return
  throw invalid(
    option,
    `${longest} ms, which reaches beyond ${new Date(latestExpiry).toISOString()}, where the column expires ends`,
    'a shorter time, or give the column the type datetime(3), or bigint for milliseconds since 1970',
  )
}
