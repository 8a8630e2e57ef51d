import { toMilliseconds } from '../options/duration.js'
import type { ResolvedOptions } from '../options/options.js'
import { assertKnown } from '../options/unknown-options.js'
import { forwardingStays } from '../repository/former-ids.js'
import { check, isWithin } from '../validation.js'
import type { WatchOptions } from './watch-types.js'

const second = 1000
/** The time that a forwarding row must still stay after the longest period, in milliseconds, for slow reads. */
const reserve = 10_000

/** The period in which a session is read, in milliseconds. Throws `OPTION_UNKNOWN` or `OPTION_INVALID`. */
export function everyOf(options: WatchOptions, resolved: ResolvedOptions): number {
  assertKnown('watch()', options, ['every'])
  const most = forwardingStays(resolved) - reserve
  const { every: given = '30s' } = options
  const every = toMilliseconds('every', given)
  const takes = `1000 to ${most} milliseconds: a watch follows a replaced id only for the time of the option grace, and 45 seconds more`
  return Math.floor(check('every', every, isWithin(second, most), takes) / second) * second
}
