import { SessionError } from '../errors.js'
import { redact } from './redact.js'
import type { BackendFailure, FailureReason, SessionBackend } from './session-backend.js'

/** Why the database has refused a statement, which may be the fault of one of its rows. */
export interface Refusal {
  readonly cause: unknown
  readonly failure: BackendFailure
  /** Why, as far as the backend can tell. */
  readonly reason: FailureReason | undefined
}

/** The refusal that an error of the backend means. Throws the error where no row can be to blame. */
export function refusalOf(backend: SessionBackend, cause: unknown): Refusal {
  const failure = backend.failureOf?.(cause) ?? 'failed'
  const isOfRows = failure === 'failed' || failure === 'timeout'
  if (cause instanceof SessionError || !isOfRows) throw cause
  const reason = backend.explain?.(cause)
  redact(cause)
  return { cause, failure, reason }
}
