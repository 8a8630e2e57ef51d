import { BaseError, ConnectionAcquireTimeoutError, ConnectionError, ConnectionTimedOutError } from 'sequelize'
import type { BackendFailure, FailureReason } from '../core/backend/session-backend.js'
import { isOfDatabase, judgedFailure } from '../model/attempt.js'
import { failureBeforeSending, knownFailure } from '../model/failures.js'
import type { OrmTerms } from '../model/reason-kinds.js'
import { reasonOf, reasonOfOthers } from '../model/reasons.js'

const terms: OrmTerms = { createTable: 'call sequelize.sync()', poolSize: 'pool.max' }

/** The meaning of an error that a call of the backend rejected with. */
export function failureOf(error: unknown): BackendFailure {
  return judgedFailure(error) ?? (error instanceof BaseError ? (failureOfSequelize(error) ?? 'failed') : 'failed')
}

/** The meaning of an error of Sequelize, or of a driver that it passes on; `undefined` for other errors. */
export function failureOfSequelize(error: unknown): BackendFailure | undefined {
  if (error instanceof ConnectionAcquireTimeoutError) return 'timeout'
  if (!(error instanceof ConnectionError)) return knownFailure(error)
  if (error instanceof ConnectionTimedOutError) return 'unavailable'
  return failureBeforeSending(knownFailure(error) ?? 'failed')
}

/** The reason for an error that a call of the backend rejected with. */
export function explain(error: unknown): FailureReason {
  if (error instanceof Error && closing.test(error.message)) return closed
  if (error instanceof ConnectionAcquireTimeoutError) return reasonOf(error, 'timeout', terms, 'poolEmpty')
  const failure = failureOf(error)
  const otherwise = error instanceof ConnectionError && failure === 'failed' ? 'refusedConnection' : undefined
  const isOfDriver = isOfDatabase(error) || otherwise || (error instanceof BaseError && knownFailure(error))
  return isOfDriver ? reasonOf(error, failure, terms, otherwise) : reasonOfOthers(error)
}

/** The messages of Sequelize and of its driver for SQLite after an instance was closed. */
const closing = /^ConnectionManager\.getConnection was called after|\bSQLITE_MISUSE: Database (handle )?is closed/

const closed: FailureReason = {
  problem: 'The Sequelize instance is closed.',
  fix: 'Let the server answer its last request before sequelize.close(), and close the session manager.',
}
