import { type DataSource, QueryFailedError } from 'typeorm'
import type { BackendFailure, FailureReason } from '../core/backend/session-backend.js'
import { isOfDatabase, judgedFailure } from '../model/attempt.js'
import { knownFailure } from '../model/failures.js'
import type { Constructor } from '../model/metadata.js'
import type { OrmTerms } from '../model/reason-kinds.js'
import { reasonOf, reasonOfOthers } from '../model/reasons.js'

const terms: OrmTerms = { createTable: 'set synchronize: true', poolSize: 'poolSize' }

/** The meaning of an error that a call of the backend rejected with. */
export function failureOf(error: unknown): BackendFailure {
  return judgedFailure(error) ?? statementFailure(error) ?? 'failed'
}

/** The meaning of an error for its statement; `undefined` if it is no error of a statement. */
export function statementFailure(error: unknown): BackendFailure | undefined {
  if (error instanceof QueryFailedError) return knownFailure(error.driverError)
  return isReleased(error) ? 'unavailable' : undefined
}

/**
 * Whether the runner was released already: TypeORM releases a lost connection of PostgreSQL at once, and does not send
 * later statements.
 */
function isReleased(error: unknown): boolean {
  return error instanceof Error && error.name === 'QueryRunnerAlreadyReleasedError'
}

/** The reason for an error that a call of the backend rejected with. */
export function explain(error: unknown, source: DataSource, entity: Constructor): FailureReason {
  if (!source.isInitialized) return source.hasMetadata(entity) ? closed : notInitialized
  if (statementFailure(error)) return reasonOf(error, failureOf(error), terms)
  const failure = failureOf(error)
  const otherwise = failure === 'failed' ? 'refusedConnection' : undefined
  return isOfDatabase(error) ? reasonOf(error, failure, terms, otherwise) : reasonOfOthers(error)
}

const notInitialized: FailureReason = {
  problem: 'The data source is not initialized.',
  fix: 'Call await dataSource.initialize() before the first request, and see to it that it succeeds.',
}

const closed: FailureReason = {
  problem: 'The data source is closed.',
  fix: 'Let the server answer its last request before dataSource.destroy(), and close the session manager.',
}
