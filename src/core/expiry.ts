import type { ResolvedOptions } from './options.js'
import type { SessionMeta, StoredRow } from './record.js'

/** What the expiry of a session depends on, besides the options. */
export type Lifetime = Pick<StoredRow, 'createdAt' | 'meta'>

/** The options that decide on expiry. */
export type ExpiryOptions = Pick<ResolvedOptions, 'maxAge' | 'rolling' | 'touchAfter' | 'absoluteTimeout' | 'now'>

/** The idle timeout of a session, in milliseconds. */
export function maxAgeOf(options: ExpiryOptions, meta: SessionMeta): number {
  return meta.maxAge ?? options.maxAge
}

/** When a session expires, if it is used now. */
export function nextExpiry(options: ExpiryOptions, { createdAt, meta }: Lifetime): Date {
  const idle = options.now() + maxAgeOf(options, meta)
  if (options.absoluteTimeout === null || createdAt === null) return new Date(idle)
  return new Date(Math.min(idle, createdAt.getTime() + options.absoluteTimeout))
}

/**
 * Whether the row is a session, and is not expired. The absolute timeout counts at once, also for sessions that were
 * stored when it was longer.
 */
export function isAlive(options: ExpiryOptions, row: StoredRow): boolean {
  const now = options.now()
  return isSession(row) && row.expires.getTime() > now && nextExpiry(options, row).getTime() > now
}

/** Whether so much of its time has passed that reading the session renews it. */
export function isRenewalDue(options: ExpiryOptions, row: StoredRow): boolean {
  const { rolling, touchAfter } = options
  const gain = nextExpiry(options, row).getTime() - row.expires.getTime()
  return rolling && gain > touchAfter * maxAgeOf(options, row.meta)
}

/** Whether the row is a session: no trace, and no lock. */
export function isSession({ meta }: StoredRow): boolean {
  return meta.trace === undefined && meta.lock === undefined
}
