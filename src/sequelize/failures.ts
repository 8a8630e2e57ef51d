import { BaseError, ConnectionAcquireTimeoutError, ConnectionError, ConnectionTimedOutError } from 'sequelize'
import type { BackendFailure } from '../core/backend/session-backend.js'
import { judgedFailure } from '../model/attempt.js'
import { failureBeforeSending, knownFailure } from '../model/failures.js'

/** What an error means that a call of the backend rejected with. */
export function failureOf(error: unknown): BackendFailure {
  return judgedFailure(error) ?? (error instanceof BaseError ? (failureOfSequelize(error) ?? 'failed') : 'failed')
}

/** What an error of Sequelize means, and those of drivers that it lets through; `undefined` for those of others. */
export function failureOfSequelize(error: unknown): BackendFailure | undefined {
  if (error instanceof ConnectionAcquireTimeoutError) return 'timeout'
  if (!(error instanceof ConnectionError)) return knownFailure(error)
  if (error instanceof ConnectionTimedOutError) return 'unavailable'
  return failureBeforeSending(knownFailure(error) ?? 'failed')
}
