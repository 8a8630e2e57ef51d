const pattern = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/i

/** Parses a date with a time: its clock time as if it were UTC, in milliseconds since 1970, and its offset. */
export function parseClock(text: string): { readonly milliseconds: number; readonly offset: string } | undefined {
  const found = pattern.exec(text.trim())
  if (!found) return undefined
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0))
  const fraction = Number(`0.${found[7] ?? 0}`) * 1000
  const whole = Date.UTC(year as number, (month as number) - 1, day, hour, minute, second)
  return { milliseconds: whole + fraction, offset: (found[8] ?? '').toUpperCase() }
}

/** The milliseconds of an offset such as `+02` or `Z`. */
export function offsetMilliseconds(offset: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

/** The number of digits after the second that JavaScript and the column both keep. */
export function keptDigits(precision: number | undefined, usual: number): number {
  return Math.min(precision ?? usual, 3)
}

/**
 * The time in milliseconds, rounded as a column with `precision` digits after the second rounds it; at most to
 * milliseconds, as a `Date` has no more.
 */
export function roundedTo(milliseconds: number, precision: number): number {
  if (precision >= 3) return Math.floor(milliseconds + 1e-6)
  const step = 10 ** (3 - precision)
  return Math.round(milliseconds / step) * step
}

/** The moment, in UTC, as text without an offset: `2020-01-31 10:20:30.12`. */
export function clockText(milliseconds: number, digits: number): string {
  const text = new Date(milliseconds).toISOString().replace('T', ' ').slice(0, 23)
  return digits === 0 ? text.slice(0, 19) : text.slice(0, 20 + digits)
}

/** The local time of the date, as if it were UTC, in milliseconds since 1970. */
export function localMilliseconds(date: Date): number {
  return date.getTime() - date.getTimezoneOffset() * 60_000
}

/** A time of day with `precision` digits after the second; `undefined` if the text is no time of day. */
export function timeText(text: string, precision: number): string | undefined {
  const found = /^(\d\d?):(\d\d)(?::(\d\d)(\.\d+)?)?$/.exec(text.trim())
  if (!found) return undefined
  const [, hours, minutes, seconds = '00', fraction = ''] = found
  const step = 10 ** precision
  const units = Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds + fraction)) * step)
  const whole = Math.floor(units / step)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const clock = parts.map((part) => String(part).padStart(2, '0')).join(':')
  return precision === 0 ? clock : `${clock}.${String(units % step).padStart(precision, '0')}`
}
