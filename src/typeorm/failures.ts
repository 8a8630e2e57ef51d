import { QueryFailedError } from 'typeorm'
import type { BackendFailure } from '../core/backend/session-backend.js'
import { judgedFailure } from '../model/attempt.js'
import { knownFailure } from '../model/failures.js'

/** What an error means that a call of the backend rejected with. */
export function failureOf(error: unknown): BackendFailure {
  return judgedFailure(error) ?? statementFailure(error) ?? 'failed'
}

/** What it means for the statement, if it is the error of a statement. */
export function statementFailure(error: unknown): BackendFailure | undefined {
  if (error instanceof QueryFailedError) return knownFailure(error.driverError)
  return isReleased(error) ? 'unavailable' : undefined
}

/** TypeORM gives a connection of PostgreSQL up as soon as it is lost; a statement that comes later is not sent. */
function isReleased(error: unknown): boolean {
  return error instanceof Error && error.name === 'QueryRunnerAlreadyReleasedError'
}
