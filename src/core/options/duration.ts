import ms from 'ms'
import { SessionError } from '../errors.js'
import { shown } from '../validation.js'

/** Milliseconds, or text such as `'30m'`, `'12h'` or `'14d'`. */
export type Duration = number | string

const longest = ms('100y')

/** Milliseconds from a {@link Duration}: positive and at most 100 years, or an `OPTION_INVALID` that names the option. */
export function toMilliseconds(option: string, duration: unknown): number {
  const value = isShortText(duration) ? ms(duration as ms.StringValue) : duration
  if (typeof value === 'number' && value >= 1 && value <= longest) return Math.round(value)
  const ofKoaSession =
    duration === 'session' ? 'For a cookie that ends with the browser write cookie: { persistent: false }. ' : ''
  throw new SessionError(
    'OPTION_INVALID',
    `${option} is ${shown(duration)}, which is no duration. ${ofKoaSession}` +
      "Give milliseconds (at least 1), or a number with a unit such as '30m', '12h' or '14d', at most 100 years.",
  )
}

/** What `ms` takes: it throws for other texts. */
function isShortText(duration: unknown): duration is string {
  return typeof duration === 'string' && duration !== '' && duration.length <= 100
}
