/** The cookie of a session as JSON has it: attributes, and the times by the names of `express-session`. */
export type CookieData = Readonly<Record<string, unknown>>

/** A host reads the clock twice to renew a cookie, and loses this much of `originalMaxAge` at the most. In milliseconds. */
const mostDrift = 100
/** The longest time that is taken as it is: 100 years, in milliseconds. */
const longest = 100 * 365 * 86_400_000

/**
 * The constant part of a cookie, which is stored. The time when it expires moves with each answer, and follows from
 * `originalMaxAge`, unless there is no such time.
 */
export function constantPart(cookie: CookieData, before?: CookieData): CookieData {
  const { originalExpires: _, ...kept }: Record<string, unknown> = cookie
  if (isTime(kept.originalMaxAge) || isTime(kept.maxAge) || kept.expires == null) delete kept.expires
  const known = before?.originalMaxAge
  if (isTime(kept.originalMaxAge) && isTime(known) && isDrift(known - kept.originalMaxAge)) kept.originalMaxAge = known
  return kept
}

/**
 * How long a session with this cookie lives, in milliseconds, from `originalMaxAge`, `maxAge` or `expires`; `null` if the
 * cookie does not say so. A time that is not positive ends the session.
 */
export function maxAgeOf(cookie: CookieData | undefined, now: number): number | null {
  const { originalMaxAge, maxAge } = cookie ?? {}
  const time = [originalMaxAge, maxAge].find(isTime) ?? timeUntil(cookie?.expires, now)
  return time === null ? null : Math.min(time, longest)
}

/** Whether the cookie expires at a moment that no request moves. */
export function isFixed(cookie: CookieData | undefined): boolean {
  return maxAgeOf({ ...cookie, expires: null }, 0) === null && timeUntil(cookie?.expires, 0) !== null
}

/** The cookie as the host reads it: with the time when the session expires, if it has one of its own. */
export function cookieFrom(stored: CookieData, expires: Date): CookieData {
  return isTime(stored.originalMaxAge) || isTime(stored.maxAge) ? { ...stored, expires } : stored
}

function isDrift(difference: number): boolean {
  return difference > 0 && difference <= mostDrift
}

function timeUntil(moment: unknown, now: number): number | null {
  if (typeof moment !== 'string' && typeof moment !== 'number' && !(moment instanceof Date)) return null
  const time = new Date(moment).getTime() - now
  return isTime(time) ? time : null
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value)
}
