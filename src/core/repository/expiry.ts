import type { SessionMeta, StoredRow } from '../codec/session-meta.js'
import { unreadable } from '../errors.js'
import type { ResolvedOptions } from '../options/options.js'

/** The last moment that a `Date` holds, in milliseconds since 1970. A session with this expiry never expires. */
export const latest = 8.64e15
/** The first moment that a `Date` holds, in milliseconds since 1970. */
export const earliest = -latest

/** The parts of a session that its expiry depends on, besides the options. */
export type Lifetime = Pick<StoredRow, 'createdAt' | 'meta'>

/** The options that the expiry of a session depends on. */
export type ExpiryOptions = Pick<ResolvedOptions, 'maxAge' | 'rolling' | 'touchAfter' | 'absoluteTimeout' | 'now'>

/** The idle timeout of a session, in milliseconds. */
export function maxAgeOf(options: ExpiryOptions, meta: SessionMeta): number {
  return meta.maxAge ?? options.maxAge
}

/** The expiry of a session that is used now. */
export function nextExpiry(options: ExpiryOptions, lifetime: Lifetime): Date {
  return new Date(expiryAt(options.now(), options, lifetime))
}

/** The expiry of a session that is used at `now`, in milliseconds since 1970. */
function expiryAt(now: number, options: ExpiryOptions, { createdAt, meta }: Lifetime): number {
  const idle = now + maxAgeOf(options, meta)
  if (options.absoluteTimeout === null || createdAt === null) return idle
  return Math.min(idle, createdAt.getTime() + options.absoluteTimeout)
}

/** Whether the session never expires, because another program wrote so into its row. Using it does not change that. */
export function neverExpires({ expires }: Pick<StoredRow, 'expires'>): boolean {
  return expires.getTime() === latest
}

/** Whether a session that never expires stays so after a write with these metadata: only a new `maxAge` changes that. */
export function staysEndless(row: StoredRow, meta: SessionMeta): boolean {
  return neverExpires(row) && meta.maxAge === row.meta.maxAge
}

/**
 * Whether the row is a session that is not expired. The absolute timeout applies at once, also to sessions that were stored
 * while it was longer, and to those that never expire. Throws `DATA_CORRUPT` for an unreadable row.
 */
export function isAlive(options: ExpiryOptions, row: StoredRow): boolean {
  if (!isSession(row) || isOver(options, row)) return false
  assertReadable(options, row)
  return true
}

/** Whether one of the timeouts has passed. Unreadable dates do not count. */
export function isOver(options: ExpiryOptions, row: StoredRow): boolean {
  const now = options.now()
  return row.expires.getTime() <= now || expiryAt(now, options, row) <= now
}

/** Throws `DATA_CORRUPT` for a row whose dates or version cannot be read. */
function assertReadable({ absoluteTimeout }: ExpiryOptions, { expires, createdAt, version }: StoredRow): void {
  if (Number.isNaN(expires.getTime())) throw unreadable('expires')
  const isUndated = createdAt === null ? absoluteTimeout !== null : isUnreadable(createdAt)
  if (isUndated) throw unreadable('createdAt')
  if (version !== null && !Number.isSafeInteger(version)) throw unreadable('version')
}

/** Whether the date cannot be read or is infinite: a session with an infinite `createdAt` would never reach its timeout. */
function isUnreadable(createdAt: Date): boolean {
  return !(Math.abs(createdAt.getTime()) < latest)
}

/** Whether so much of its lifetime has passed that reading the session renews it. */
export function isRenewalDue(options: ExpiryOptions, row: StoredRow): boolean {
  return options.rolling === true && isTouchDue(options, row)
}

/** Whether moving the expiry gains more than the option `touchAfter` asks for. */
export function isTouchDue(options: ExpiryOptions, row: StoredRow): boolean {
  return gainOf(options, row) > leastGain(options, row)
}

/**
 * Whether a write moves the expiry: if that gains more than the option `touchAfter` asks for, or if the expiry is as much too
 * late, because `maxAge` was longer. An expiry that stays costs the database no change of its index, and the response no cookie.
 */
export function isMoveDue(options: ExpiryOptions, row: Lifetime & Pick<StoredRow, 'expires'>): boolean {
  if (options.rolling === false) return false
  return options.touchAfter === 0 || Math.abs(gainOf(options, row)) > leastGain(options, row)
}

function gainOf(options: ExpiryOptions, row: Lifetime & Pick<StoredRow, 'expires'>): number {
  return expiryAt(options.now(), options, row) - row.expires.getTime()
}

function leastGain(options: ExpiryOptions, { meta }: Lifetime): number {
  return options.touchAfter * maxAgeOf(options, meta)
}

/** Whether the row is a session: no forwarding row, and no lease. */
export function isSession({ meta }: StoredRow): boolean {
  return meta.trace === undefined && meta.lock === undefined
}
