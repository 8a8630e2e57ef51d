import ms from 'ms'
import { SessionError } from '../errors.js'
import { shown } from '../validation.js'

/** A time: milliseconds as a number, or text such as `'30m'`, `'12h'` or `'14d'`. At least 1 ms and at most 100 years. */
export type Duration = number | string

const longest = ms('100y')

/** Converts a {@link Duration} to milliseconds. Throws `OPTION_INVALID`, which names the option. */
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

/** Whether `ms` takes the text: it throws for others. */
function isShortText(duration: unknown): duration is string {
  return typeof duration === 'string' && duration !== '' && duration.length <= 100
}
