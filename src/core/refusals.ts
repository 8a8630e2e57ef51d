import { SessionError } from './errors.js'
import type { FormerFailure } from './retry.js'

/** The error where somebody asks for a session that was ended elsewhere. */
export function gone(): SessionError {
  return new SessionError(
    'SESSION_GONE',
    'The session was ended or has expired since this request began. Let the user log in again.',
  )
}

/** Whether the error is that of a session that was ended elsewhere. */
export function isGoneError(error: unknown): boolean {
  return error instanceof SessionError && error.code === 'SESSION_GONE'
}

/** The error for an operation that would wait for the one that it is part of. */
export function nested(): SessionError {
  return new SessionError(
    'UPDATE_NESTED',
    'Inside of update() the session cannot be saved, updated, reloaded or destroyed: it would wait for itself. Do so before or after it.',
  )
}

/** The error for a session that has not been read yet. */
export function notLoaded(): SessionError {
  return new SessionError(
    'SESSION_NOT_LOADED',
    "The session has not been read from the database yet, since the option load is 'lazy'. Call await ctx.session.load() first.",
  )
}

/** The error for a change that nobody would store. */
export function committed(): SessionError {
  return new SessionError(
    'SESSION_COMMITTED',
    'The session has been stored at the end of the request, so that this change would be lost. ' +
      'Change the session before the last middleware returns, or use await ctx.session.update((session) => …), which stores at once.',
  )
}

/** The error for a cookie that can no longer be sent. */
export function cookieTooLate(): SessionError {
  return new SessionError(
    'COOKIE_TOO_LATE',
    'The response has begun, so that the cookie of this session cannot be sent any more, and nothing was stored. ' +
      'Call await ctx.session.save() before the response begins.',
  )
}

/** The error for changes in objects that are no part of the session any more. */
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

/** The error for a row of which a column that says whether, or how, it can be used holds nothing of the kind. */
export function unreadable(column: string): SessionError {
  return new SessionError(
    'DATA_CORRUPT',
    `The column ${column} of a session's row cannot be read: it is NULL, or beyond what a Date or a number holds, or the ` +
      'driver gives no date, as for another DateStyle than ISO on PostgreSQL. Correct the row, or let the driver give dates.',
  )
}

/** The error for data that is larger than `limit` says. */
export function tooLarge(bytes: number, limit: string): SessionError {
  return new SessionError(
    'DATA_TOO_LARGE',
    `The session's data has ${bytes} bytes, and ${limit}. Store less in the session, or raise the limit.`,
  )
}

/** The error where an operation has waited for `what` until its time was up. With the reason of a failure that it met, that is told. */
export function timedOut(milliseconds: number, what: string, failed?: FormerFailure): SessionError {
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

/** The error where a session is set to what holds no properties. */
export function notSettable(): SessionError {
  return new SessionError(
    'DATA_NOT_SERIALIZABLE',
    'A session was set to something else than an object. Give an object, which replaces its properties; ctx.session = null ends it.',
  )
}
