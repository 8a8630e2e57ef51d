/**
 * Asks PostgreSQL for the types of the columns of a table. Without lengths: a value that is too long must be refused, and
 * a cast would cut it off.
 */
export const columnTypesQuery =
  'SELECT attname AS name, format_type(atttypid, -1) AS type FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0'

/**
 * Whether PostgreSQL has answered that it wrote nothing, from the error of the driver. One that ends the connection may do
 * so after the commit.
 */
export function hasRefused(driverError: unknown): boolean {
  if (typeof driverError !== 'object' || driverError === null || !('severity' in driverError)) return false
  const { code } = driverError as { code?: unknown }
  return typeof code === 'string' && !/^(08|57P)/.test(code)
}
