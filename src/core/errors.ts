/**
 * Every code a {@link SessionError} can have, with the HTTP status that it answers a request with.
 * `docs/errors.md` explains each one.
 */
const statusOf = {
  BACKEND_FAILED: 503,
  BACKEND_TIMEOUT: 503,
  COLUMN_DUPLICATE: 500,
  COLUMN_MISSING: 500,
  COLUMN_REQUIRED: 500,
  COLUMN_RESERVED: 500,
  COLUMN_SHADOWED: 500,
  COLUMN_TYPE: 500,
  COLUMN_UNDECLARED: 500,
  CONFLICT: 503,
  COOKIE_TOO_LATE: 500,
  DATA_CORRUPT: 500,
  DATA_NOT_SERIALIZABLE: 500,
  DATA_TOO_LARGE: 500,
  ID_INVALID: 500,
  ID_TOO_LONG: 500,
  KEY_UNKNOWN: 500,
  MANAGER_CLOSED: 503,
  MODEL_CLASS: 500,
  MODEL_NOT_DECORATED: 500,
  MODEL_NOT_REGISTERED: 500,
  MODEL_REGISTERED_ELSEWHERE: 500,
  NAME_RESERVED: 500,
  NAME_UNUSABLE: 500,
  OPTION_INVALID: 500,
  OPTION_UNKNOWN: 500,
  PROPERTY_TAKEN: 500,
  REGISTRY_UNKNOWN: 500,
  SESSION_COMMITTED: 500,
  SESSION_GONE: 401,
  SESSION_LIMIT: 403,
  SESSION_NOT_LOADED: 500,
  TRANSACTION_OPEN: 503,
  UPDATE_NESTED: 500,
  VALUE_STALE: 500,
  WHERE_INVALID: 500,
} as const

/** A stable name for what went wrong. Match on this, never on the message. */
export type SessionErrorCode = keyof typeof statusOf

/** What marks an error as ours. `Symbol.for`, so that two copies of this package agree. */
const brand: unique symbol = Symbol.for('koa-session-model.error') as never

/**
 * The only error this package throws. The message says what is wrong, and then what to do about it.
 *
 * `status` is the HTTP status for a request that meets the error (Koa reads it). `expose` tells Koa whether the client
 * may see the message: only where nothing is wrong with the server (401, 403). `cause` is the error of the database or the serializer, where there is one.
 *
 * `instanceof SessionError` holds for the errors of every copy of this package, such as one inside of a bundle.
 *
 * @example
 * ```ts
 * import { SessionError } from 'koa-session-model'
 *
 * export function isDatabaseDown(error: unknown): boolean {
 *   return error instanceof SessionError && error.code === 'BACKEND_FAILED'
 * }
 * ```
 */
export class SessionError extends Error {
  static {
    // Not declared as members, since nobody calls them, and TypeScript narrows subclasses better without.
    Object.defineProperty(SessionError.prototype, brand, { value: true })
    Object.defineProperty(SessionError, Symbol.hasInstance, { value: isInstance })
  }

  readonly code: SessionErrorCode
  readonly status: number
  readonly expose: boolean

  // Not `ErrorOptions`, which projects with an older `lib` do not have.
  constructor(code: SessionErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.name = 'SessionError'
    this.code = code
    this.status = statusOf[code]
    this.expose = this.status < 500
  }
}

function isInstance(this: unknown, value: unknown): boolean {
  if (this !== SessionError) return Function.prototype[Symbol.hasInstance].call(this, value)
  return typeof value === 'object' && value !== null && brand in value
}

/** The codes that exist, for the test that compares them with the documentation. */
export const sessionErrorCodes: readonly SessionErrorCode[] = Object.keys(statusOf) as SessionErrorCode[]
