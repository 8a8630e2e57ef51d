import type { SessionMeta, StoredRow } from '../codec/session-meta.js'
import { unreadable } from '../errors.js'
import type { ResolvedOptions } from '../options/options.js'

/** The last moment of a `Date`, in milliseconds since 1970. A session with this expiry never expires. */
export const latest = 8.64e15
/** The first moment of a `Date`, in milliseconds since 1970. */
export const earliest = -latest

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

/** Whether the session has no end, since somebody has written so into its row. Using it does not give it one. */
export function neverExpires({ expires }: Pick<StoredRow, 'expires'>): boolean {
  return expires.getTime() === latest
}

/** Whether a write with these metadata leaves the session without an end: only a `maxAge` of its own gives it one. */
export function staysEndless(row: StoredRow, meta: SessionMeta): boolean {
  return neverExpires(row) && meta.maxAge === row.meta.maxAge
}

/**
 * Whether the row is a session, and is not expired. The absolute timeout counts at once, also for sessions that were
 * stored when it was longer, and for those that never expire. Throws `DATA_CORRUPT` where the row does not tell.
 */
export function isAlive(options: ExpiryOptions, row: StoredRow): boolean {
  if (!isSession(row) || isOver(options, row)) return false
  refuseUnreadable(options, row)
  return true
}

/** Whether one of the timeouts has passed, as far as the row tells. */
export function isOver(options: ExpiryOptions, row: StoredRow): boolean {
  const now = options.now()
  return row.expires.getTime() <= now || nextExpiry(options, row).getTime() <= now
}

/** Throws `DATA_CORRUPT` for a row that does not tell whether the session is over, or which version it has. */
function refuseUnreadable({ absoluteTimeout }: ExpiryOptions, { expires, createdAt, version }: StoredRow): void {
  if (Number.isNaN(expires.getTime())) throw unreadable('expires')
  const isUndated = createdAt === null ? absoluteTimeout !== null : isUnreadable(createdAt)
  if (isUndated) throw unreadable('createdAt')
  if (version !== null && !Number.isSafeInteger(version)) throw unreadable('version')
}

/** Whether a backend could not read the moment. For `createdAt` infinity is none: such a session would never be old. */
function isUnreadable(createdAt: Date): boolean {
  return !(Math.abs(createdAt.getTime()) < latest)
}

/** Whether so much of its time has passed that reading the session renews it. */
export function isRenewalDue(options: ExpiryOptions, row: StoredRow): boolean {
  const { rolling, touchAfter } = options
  const gain = nextExpiry(options, row).getTime() - row.expires.getTime()
  return rolling === true && gain > touchAfter * maxAgeOf(options, row.meta)
}

/** Whether the row is a session: no forwarding row, and no lease. */
export function isSession({ meta }: StoredRow): boolean {
  return meta.trace === undefined && meta.lock === undefined
}
