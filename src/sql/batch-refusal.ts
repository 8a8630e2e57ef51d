import { knownFailure } from '../model/failures.js'
import type { Database } from './sql-table.js'

/**
 * Whether the database has refused a statement for several rows for what one of them holds or meets, from the error of the
 * driver: then nothing was written, and the rows are to be written alone.
 */
export function isBatchRefused(database: Database, driverError: unknown): boolean {
  return database === 'postgres' ? isRefusedByPostgres(driverError) : isRefusedBySqlite(driverError)
}

/**
 * Each row would wait as long as all have waited together, so it is not for a time that has passed, nor for a database that
 * takes no writes.
 */
function isRefusedByPostgres(driverError: unknown): boolean {
  if (typeof driverError !== 'object' || driverError === null || !('severity' in driverError)) return false
  const failure = knownFailure(driverError)
  return failure === 'failed' || failure === 'conflict'
}

/** Whether a value is to blame, not the database. One that is busy has made the first wait, and would make all others wait. */
function isRefusedBySqlite(driverError: unknown): boolean {
  if (driverError instanceof TypeError || driverError instanceof RangeError) return true // nobody can bind the value
  const code = (driverError as { code?: unknown } | undefined)?.code
  return typeof code === 'string' && /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE|ERROR)/.test(code)
}
