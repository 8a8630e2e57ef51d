import ms from 'ms'
import { SessionError } from './errors.js'

/** Milliseconds, or text such as `'30m'`, `'12h'` or `'14d'`. */
export type Duration = number | string

const longest = ms('100y')

/** Milliseconds from a {@link Duration}: positive and at most 100 years, or an `OPTION_INVALID` that names the option. */
export function toMilliseconds(option: string, duration: unknown): number {
  const value = typeof duration === 'string' && duration !== '' ? ms(duration as ms.StringValue) : duration
  if (typeof value === 'number' && value >= 1 && value <= longest) return Math.round(value)
  throw new SessionError(
    'OPTION_INVALID',
    `${option} is ${JSON.stringify(duration) ?? String(duration)}, which is no duration. ` +
      "Give milliseconds (at least 1), or a number with a unit such as '30m', '12h' or '14d', at most 100 years.",
  )
}
