import { SessionError, type SessionErrorCode } from '../errors.js'
import type { BackendFailure, FailureReason } from './session-backend.js'

const codes: Readonly<Record<BackendFailure, SessionErrorCode>> = {
  conflict: 'CONFLICT',
  timeout: 'BACKEND_TIMEOUT',
  unavailable: 'BACKEND_FAILED',
  uncertain: 'BACKEND_FAILED',
  failed: 'BACKEND_FAILED',
}

/** A sentence about the outcome of the statement, for each kind of failure. */
const outcomes: Readonly<Record<BackendFailure, string>> = {
  conflict: 'Nothing was stored: repeat the request.',
  timeout: 'Nothing was stored.',
  unavailable: 'Nothing was stored.',
  uncertain: 'What was sent may have been stored, or not: repeat the request.',
  failed: '',
}

/** The reasons for failures that the backend does not explain. */
const generalReasons: Readonly<Record<BackendFailure, FailureReason>> = {
  conflict: {
    problem: 'The session database answered again and again that other transactions were in the way; see the cause.',
    fix: '',
  },
  timeout: {
    problem: 'The session database gave up waiting for a lock or a connection; see the cause.',
    fix: 'Look for a transaction that holds rows of the session table for long, and for a pool that is too small.',
  },
  unavailable: {
    problem: 'The session database takes no statements, or no writes, at the moment; see the cause.',
    fix: 'Check that the server runs, that its address is that of the primary, and that it allows enough connections.',
  },
  uncertain: {
    problem: 'The connection to the session database was lost before it had answered; see the cause.',
    fix: '',
  },
  failed: {
    problem: 'The session database did not answer as it should; see the cause.',
    fix: 'Check the connection, and that the table exists with all columns.',
  },
}

/** A failure of the database, with its meaning for the statement. */
export class BackendError extends SessionError {
  readonly failure: BackendFailure
  readonly #reason: FailureReason | undefined

  constructor(failure: BackendFailure, cause: unknown, reason: FailureReason | undefined) {
    super(codes[failure], messageOf(failure, reason), { cause })
    this.failure = failure
    this.#reason = reason
  }

  /** A new error with this failure, cause and reason. */
  copy(): BackendError {
    return new BackendError(this.failure, this.cause, this.#reason)
  }
}

function messageOf(failure: BackendFailure, reason = generalReasons[failure]): string {
  return [reason.problem, outcomes[failure], reason.fix].filter((sentence) => sentence !== '').join(' ')
}

/** Whether it is unknown if the statement was executed. */
export function isUncertain(error: unknown): boolean {
  return error instanceof BackendError && error.failure === 'uncertain'
}

/** Whether the database accepted no such statement, in all attempts. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof BackendError && error.failure === 'unavailable'
}

/** A copy of the error, for each request that met it: a web framework may write to its error. */
export function ownCopy(error: unknown): unknown {
  if (error instanceof BackendError) return error.copy()
  return error instanceof SessionError ? new SessionError(error.code, error.message, { cause: error.cause }) : error
}

/** Whether the failure is temporary: the next request may succeed. */
export function isTransient(error: unknown): boolean {
  if (error instanceof BackendError) return error.failure !== 'failed'
  return error instanceof SessionError && (error.code === 'BACKEND_TIMEOUT' || error.code === 'CONFLICT')
}
