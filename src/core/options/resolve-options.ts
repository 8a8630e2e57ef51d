import { type SessionBackend, sessionBackend } from '../backend/session-backend.js'
import { hashLength, idLength } from '../codec/id.js'
import { SessionError } from '../errors.js'
import { invalidOption } from '../validation.js'
import { isRegisteredModel, noBackend, noPlace, notRegistered } from './assert-shape.js'
import { isBackend } from './option-checks.js'
import { sessionHints } from './option-hints.js'
import { type KnownOptions, optionSpecs } from './option-specs.js'
import type { ResolvedOptions, SessionOptions, SessionPolicy } from './options.js'
import { assertTransportsFit } from './transport-options.js'
import { assertKnown } from './unknown-options.js'

type Specs = typeof optionSpecs
type Resolved = { readonly [Name in keyof Specs]: ReturnType<Specs[Name]['resolve']> }

/** Checks and completes the options. Throws `OPTION_UNKNOWN`, `OPTION_INVALID`, `MODEL_NOT_REGISTERED` or `ID_TOO_LONG`. */
export function resolveOptions<Columns extends object>(options: SessionOptions<Columns>): ResolvedOptions<Columns> {
  assertKnown('session()', options, ['model', 'backend', ...Object.keys(optionSpecs)], sessionHints)
  const backend = resolveBackend(options)
  const { exclude: isExcluded, ...others } = resolveEach(options, backend)
  const resolved: ResolvedOptions<Columns> = { ...others, isExcluded, backend }
  assertConsistent(resolved)
  assertTransportsFit(options, resolved.transport)
  return Object.freeze(hideKeys(resolved))
}

function resolveEach(options: SessionPolicy<never>, backend: SessionBackend): Resolved {
  const resolved: Record<string, unknown> = { backend }
  for (const [name, spec] of Object.entries(optionSpecs)) {
    const given = options[name as keyof Specs] as never
    resolved[name] = spec.resolve(name, given, resolved as unknown as KnownOptions)
  }
  return resolved as unknown as Resolved
}

/**
 * Makes the keys non-enumerable, so that logging or serializing the options does not print them. They are getters, which
 * `inspect` does not call even with `showHidden`.
 */
function hideKeys<Options extends ResolvedOptions>(options: Options): Options {
  const { encryptionKeys, auditKey } = options
  return Object.defineProperties(options, {
    encryptionKeys: { get: () => encryptionKeys, enumerable: false },
    auditKey: { get: () => auditKey, enumerable: false },
  })
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

function assertConsistent(options: ResolvedOptions): void {
  const { backend, absoluteTimeout, hashIds, idBytes } = options
  assertExpiryFits(options)
  if (absoluteTimeout !== null && !backend.capabilities.creationDates) {
    throw invalidOption('absoluteTimeout', 'set', 'a model with the column createdAt, or leave the option out')
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

/** Throws `OPTION_INVALID` if a session that begins now would expire later than the column `expires` can hold. */
function assertExpiryFits({ backend, maxAge, absoluteTimeout, now }: ResolvedOptions): void {
  const { latestExpiry } = backend.capabilities
  const [option, longest] =
    absoluteTimeout !== null && absoluteTimeout < maxAge ? ['absoluteTimeout', absoluteTimeout] : ['maxAge', maxAge]
  if (typeof latestExpiry !== 'number' || now() + longest <= latestExpiry) return
  throw invalidOption(
    option,
    `${longest} ms, which reaches beyond ${new Date(latestExpiry).toISOString()}, where the column expires ends`,
    'a shorter time, or give the column the type datetime(3), or bigint for milliseconds since 1970',
  )
}
