import { knownFailure } from './failures.js'

/**
 * Asks PostgreSQL for the types of the columns of a table. Without lengths: a value that is too long must be refused, and
 * a cast would cut it off.
 */
export const columnTypesQuery =
  'SELECT attname AS name, format_type(atttypid, -1) AS type FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0'

/**
 * Whether PostgreSQL has refused a statement for several rows for what one of them holds or meets, from the error of the
 * driver: then nothing was written, and the rows are to be written alone. Each would wait as long as all have waited together,
 * so it is not for a time that has passed, nor for a database that takes no writes.
 */
export function hasRefused(driverError: unknown): boolean {
  if (typeof driverError !== 'object' || driverError === null || !('severity' in driverError)) return false
  const failure = knownFailure(driverError)
  return failure === 'failed' || failure === 'conflict'
}
