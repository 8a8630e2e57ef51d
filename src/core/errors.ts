/** Every code of a {@link SessionError}, with the HTTP status of the response. `docs/errors.md` explains each code. */
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
  CURSOR_INVALID: 500,
  DATABASE_UNSUPPORTED: 500,
  DATA_CORRUPT: 500,
  DATA_NOT_SERIALIZABLE: 500,
  DATA_TOO_LARGE: 500,
  HOST_TOO_OLD: 500,
  ID_INVALID: 500,
  ID_TAKEN: 500,
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
  SESSION_NOT_STORED: 500,
  TRANSACTION_OPEN: 503,
  TRANSPORT_CONFLICT: 400,
  UPDATE_NESTED: 500,
  VALUE_STALE: 500,
  WHERE_INVALID: 500,
} as const

/**
 * A stable name for the problem. Match on this, never on the message, which may change.
 *
 * @see docs/errors.md
 */
export type SessionErrorCode = keyof typeof statusOf

/** Marks an error as one of this package. `Symbol.for`, so that two copies of the package recognize each other's errors. */
const brand: unique symbol = Symbol.for('koa-session-model.error') as never

/**
 * The only error that this package throws. The message says first what is wrong, then how to fix it. `cause` is the
 * error of the database or of the serializer, if there is one.
 *
 * `instanceof SessionError` holds for the errors of every copy of this package, such as one inside a bundle.
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
    // Not declared as members: nobody calls them, and TypeScript narrows subclasses better without them.
    Object.defineProperty(SessionError.prototype, brand, { value: true })
    Object.defineProperty(SessionError, Symbol.hasInstance, { value: isInstance })
  }

  /** The stable name of the problem. */
  readonly code: SessionErrorCode
  /** The HTTP status of the response to a request that fails with this error. Koa reads it. */
  readonly status: number
  /** Whether the client may see the message: only if the server is not at fault (400, 401, 403). Koa reads it. */
  readonly expose: boolean

  // Not `ErrorOptions`: projects with an older `lib` do not have that type.
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

/** All codes, for the test that compares them with the documentation. */
export const sessionErrorCodes: readonly SessionErrorCode[] = Object.keys(statusOf) as SessionErrorCode[]

/** The error of a request whose session was ended elsewhere. */
export function gone(): SessionError {
  return new SessionError(
    'SESSION_GONE',
    'The session was ended or has expired since this request began. Let the user log in again.',
  )
}

/** Whether the error says that the session was ended elsewhere. */
export function isGoneError(error: unknown): boolean {
  return error instanceof SessionError && error.code === 'SESSION_GONE'
}

/** The error for an operation inside `update()` that would wait for that same `update()`. */
export function nested(): SessionError {
  return new SessionError(
    'UPDATE_NESTED',
    'Inside of update() the session cannot be saved, updated, reloaded or destroyed: it would wait for itself. Do so before or after it.',
  )
}

/** The error for a call of a manager after `close()`. */
export function managerClosed(): SessionError {
  return new SessionError(
    'MANAGER_CLOSED',
    'The session manager is closed. Call close() after the last request, not before.',
  )
}

/** The error for an id that no session can have. */
export function invalidId(): SessionError {
  return new SessionError(
    'ID_INVALID',
    "A session id is a string that is not empty, and with hashIds: false it does not begin with '~', as rows do that " +
      'are no sessions. Pass the id that the session was stored under.',
  )
}

/** The error for a session that has not been read yet. */
export function notLoaded(): SessionError {
  return new SessionError(
    'SESSION_NOT_LOADED',
    "The session has not been read from the database yet, since the option load is 'lazy'. Call await ctx.session.load() first.",
  )
}

/** The error for a session that must be in the database, and is not. */
export function notStored(): SessionError {
  return new SessionError(
    'SESSION_NOT_STORED',
    'Only a session that is in the database can be watched, and there is none with this id: it is new, or it has ended. ' +
      'Call await ctx.session.save() first, or let the user log in again.',
  )
}

/** The error for a change after the commit: nothing would store it. */
export function alreadyCommitted(): SessionError {
  return new SessionError(
    'SESSION_COMMITTED',
    'The session has been stored at the end of the request, so that this change would be lost. ' +
      'Change the session before the last middleware returns, or use await ctx.session.update((session) => …), which stores at once.',
  )
}

/** The error for an id that can no longer be sent to the client. */
export function cookieTooLate(): SessionError {
  return new SessionError(
    'COOKIE_TOO_LATE',
    'The response has begun, so that the id of this session cannot be sent any more, and nothing was stored. ' +
      'Call await ctx.session.save() before the response begins.',
  )
}

/** The error for changes in objects that no longer belong to the session. */
export function stale(names: readonly string[]): SessionError {
  const quoted = names.map((name) => `'${name}'`).join(', ')
  const [first] = names
  return new SessionError(
    'VALUE_STALE',
    `${quoted} was changed in an object that is no part of the session any more: what another request stored, update() or ` +
      `reload() has taken its place. The change is not stored. Read ctx.session.${first} again after save(), update() or ` +
      'reload(), or make the change inside of update().',
  )
}

/** The error for a row whose expiry, creation date or version cannot be read. */
export function unreadable(column: string): SessionError {
  return new SessionError(
    'DATA_CORRUPT',
    `The column ${column} of a session's row cannot be read: it is NULL, or beyond what a Date or a number holds, or the ` +
      'driver gives no date, as for another DateStyle than ISO on PostgreSQL. Correct the row, or let the driver give dates.',
  )
}

/** The error for data that is too large. `limit` names the limit, as a part of the sentence. */
export function tooLarge(bytes: number, limit: string): SessionError {
  return new SessionError(
    'DATA_TOO_LARGE',
    `The session's data has ${bytes} bytes, and ${limit}. Store less in the session, or raise the limit.`,
  )
}

/** A failure of the database that an operation met before its time limit passed. */
export interface FailureBefore {
  readonly cause: unknown
  /** The problem and its fix, if they are known. */
  reason(): { readonly problem: string; readonly fix: string } | undefined
}

/** The error of an operation that waited for `what` until its time limit passed. The message names the reason of `failed`, if given. */
export function timedOut(milliseconds: number, what: string, failed?: FailureBefore): SessionError {
  const cause = failed?.cause ?? new Error(`Waited for ${what}.`)
  const reason = failed?.reason()
  const waited =
    `The session waited ${milliseconds} ms for ${what}, which is the option timeout. ` +
    'What it wanted to store may be stored later, or not.'
  const message = reason
    ? `${waited} The database had failed before. ${reason.problem} ${reason.fix}`
    : `${waited} There are two usual reasons: the session was saved inside of a transaction of the application that holds its ` +
      "row, so it waited for itself; or the pool has too few connections for the application's transactions and the sessions."
  return new SessionError('BACKEND_TIMEOUT', message, { cause })
}

/** The error for replacing the session by a value that is not an object. */
export function notSettable(): SessionError {
  return new SessionError(
    'DATA_NOT_SERIALIZABLE',
    'A session was set to something else than an object. Give an object, which replaces its properties; ctx.session = null ends it.',
  )
}

/** Returns the result of `read` for a log, or the code of the error that it throws: a log must not fail because of a session. */
export function orErrorCode(read: () => unknown): unknown {
  try {
    return read()
  } catch (error) {
    return error instanceof SessionError ? `[${error.code}]` : '[unreadable]'
  }
}
