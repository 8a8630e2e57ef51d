import { SessionError } from '../errors.js'
import { redact } from './redact.js'
import type { BackendFailure, FailureReason, SessionBackend } from './session-backend.js'

/** The refusal of a statement by the database, which may be the fault of one of its rows. */
export interface Refusal {
  readonly cause: unknown
  readonly failure: BackendFailure
  /** The reason, if the backend can tell. */
  readonly reason: FailureReason | undefined
}

/** Turns an error of the backend into a refusal. Throws the error if no row can be to blame. */
export function refusalOf(backend: SessionBackend, cause: unknown): Refusal {
  const failure = backend.failureOf?.(cause) ?? 'failed'
  const isOfRows = failure === 'failed' || failure === 'timeout'
  if (cause instanceof SessionError || !isOfRows) throw cause
  const reason = backend.explain?.(cause)
  redact(cause)
  return { cause, failure, reason }
}
