import type { SqlTable } from './sql-table.js'

/** The condition that no row of a standby meets. It costs a read some microseconds. */
export const onPrimary = 'NOT pg_catalog.pg_is_in_recovery()'

/** Makes a find that has found nothing one that a standby refuses, with 25006. */
export const withLock = (sql: string): string => `${sql} FOR KEY SHARE`

/**
 * The codes of databases that cannot run the guard: the function or the lock is unknown, or the role may only read. Other
 * databases than PostgreSQL speak its protocol.
 */
const refusals: ReadonlySet<unknown> = new Set(['42883', '42501', '42601', '0A000'])

/** Whether the database refused a find because of the guard. */
export function isGuardRefused(table: SqlTable<never>, error: unknown): boolean {
  return refusals.has((table.driverErrorOf(error) as { code?: unknown } | undefined)?.code)
}
