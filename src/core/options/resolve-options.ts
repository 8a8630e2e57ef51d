import { type SessionBackend, sessionBackend } from '../backend/session-backend.js'
import { resolveKeys } from '../codec/encryption.js'
import { createId, hashLength, idLength } from '../codec/id.js'
import { SessionError } from '../errors.js'
import { check, invalid } from '../validation.js'
import { resolveCookie } from './cookie-options.js'
import { toMilliseconds } from './duration.js'
import { resolveExclude } from './exclude.js'
import { resolveLimit } from './limit-options.js'
import {
  type ClearedData,
  isBackend,
  isBatch,
  isClearedData,
  isClock,
  isSecret,
  isTimerDelay,
} from './option-checks.js'
import { sessionHints } from './option-hints.js'
import { optionSpecs } from './option-specs.js'
import {
  defaultCleanup,
  type ResolvedOptions,
  type SessionOptions,
  type SessionPlace,
  type SessionPolicy,
} from './options.js'
import { isRegisteredModel, noBackend, noPlace, notRegistered } from './refuse-shape.js'
import { refuseUnknown } from './unknown-options.js'

/** The options that depend on others, or on nothing but whether they are given. */
const otherNames = [
  'model',
  'backend',
  'absoluteTimeout',
  'exclude',
  'limit',
  'cookie',
  'clearSiteData',
  'encryptionKeys',
  'auditKey',
  'cleanup',
  'now',
] as const satisfies readonly (keyof SessionPolicy | keyof SessionPlace)[]

type PlainOptions = { readonly [Name in keyof typeof optionSpecs]: ReturnType<(typeof optionSpecs)[Name]['resolve']> }

/** Checks the options, once, and completes them. */
export function resolveOptions<Columns extends object>(options: SessionOptions<Columns>): ResolvedOptions<Columns> {
  refuseUnknown('session()', options, [...otherNames, ...Object.keys(optionSpecs)], sessionHints)
  const backend = resolveBackend(options)
  const plain = resolvePlain(options)
  const resolved: ResolvedOptions<Columns> = {
    ...plain,
    backend,
    absoluteTimeout:
      options.absoluteTimeout === undefined ? null : toMilliseconds('absoluteTimeout', options.absoluteTimeout),
    isExcluded: resolveExclude(options.exclude),
    limit: resolveLimit(options.limit, backend),
    cookie: resolveCookie(options.cookie ?? {}, plain.key, idLength(plain.idBytes)),
    clearSiteData: resolveClearSiteData(options.clearSiteData),
    encryptionKeys: resolveKeys(options.encryptionKeys),
    auditKey: resolveAuditKey(options.auditKey),
    merge: Object.freeze({ ...plain.merge }),
    cleanup: resolveCleanup(options.cleanup),
    now: check(
      'now',
      options.now ?? backend.now ?? Date.now,
      isClock,
      'a function that returns milliseconds since 1970',
    ),
  }
  refuseContradictions(resolved)
  return Object.freeze(hideKeys(resolved))
}

function resolvePlain(options: SessionPolicy<never>): PlainOptions {
  const resolved = Object.entries(optionSpecs).map(([name, spec]) => [
    name,
    spec.resolve(name, options[name as keyof PlainOptions] as never),
  ])
  return Object.fromEntries(resolved) as PlainOptions
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
