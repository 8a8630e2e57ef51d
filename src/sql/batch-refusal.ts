import { knownFailure } from '../model/failures.js'
import type { Database } from './sql-table.js'

/**
 * Whether the driver's error shows that the database refused a statement for several rows because of one of them. Then
 * nothing was written, and the rows are to be written one by one.
 */
export function isBatchRefused(database: Database, driverError: unknown): boolean {
  return database === 'postgres' ? isRefusedByPostgres(driverError) : isRefusedBySqlite(driverError)
}

/**
 * Whether a row is to blame. A lock timeout or a read-only server is not: each row alone would wait as long again, or fail
 * again.
 */
function isRefusedByPostgres(driverError: unknown): boolean {
  if (typeof driverError !== 'object' || driverError === null || !('severity' in driverError)) return false
  const failure = knownFailure(driverError)
  return failure === 'failed' || failure === 'conflict'
}

/** Whether a value is to blame. A busy database is not: it has made the batch wait, and would make each row wait again. */
function isRefusedBySqlite(driverError: unknown): boolean {
  if (driverError instanceof TypeError || driverError instanceof RangeError) return true // the driver cannot bind the value
  const code = (driverError as { code?: unknown } | undefined)?.code
  return typeof code === 'string' && /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE|ERROR)/.test(code)
}
