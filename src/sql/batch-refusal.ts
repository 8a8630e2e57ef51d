import { knownFailure } from '../model/failures.js'
import type { Database } from './sql-table.js'

/**
 * Whether the driver's error shows that the database refused a statement for several rows because of one of them. Then
 * nothing was written, and the rows are to be written one by one.
 */
export function isBatchRefused(database: Database, driverError: unknown): boolean {
  if (database === 'sqlite') return isRefusedBySqlite(driverError)
  return isRefusedByServer(driverError, database === 'mysql' ? 'errno' : 'severity')
}

/**
 * Whether the driver's error shows that the database does not have such statements, whichever rows they are for: a server that
 * speaks PostgreSQL's or MySQL's protocol, or a table with a rule, refuses `RETURNING` or `SKIP LOCKED` each time. A plan that became
 * obsolete has the code of an unsupported feature too, and passes.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isUnsupported(driverError: unknown): boolean {
  const { code, errno, routine } = (driverError ?? {}) as Record<'code' | 'errno' | 'routine', unknown>
  return (
    mysqlUnsupported.has(errno) ||
    code === syntaxError ||
    (code === featureNotSupported && routine !== 'RevalidateCachedQuery')
  )
}

const featureNotSupported = '0A000'
const syntaxError = '42601'
/** MySQL and MariaDB: a syntax error, as `SKIP LOCKED` is to older ones, and what a version or an engine does not have. */
const mysqlUnsupported: ReadonlySet<unknown> = new Set([1064, 1178, 1235])

/**
 * Whether a row is to blame. A lock timeout or a read-only server is not: each row alone would wait as long again, or fail
 * again.
 */
function isRefusedByServer(driverError: unknown, mark: 'severity' | 'errno'): boolean {
  if (typeof driverError !== 'object' || driverError === null || !(mark in driverError)) return false
  const failure = knownFailure(driverError)
  return failure === 'failed' || failure === 'conflict'
}

/** Whether a value is to blame. A busy database is not: it has made the batch wait, and would make each row wait again. */
function isRefusedBySqlite(driverError: unknown): boolean {
  if (driverError instanceof TypeError || driverError instanceof RangeError) return true // the driver cannot bind the value
  const code = (driverError as { code?: unknown } | undefined)?.code
  return typeof code === 'string' && /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE|ERROR)/.test(code)
}
