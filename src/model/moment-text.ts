const isoDate =
  /^([+-]\d{6}|\d{4,6})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)([.,]\d+)?)? ?(?:Z|([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)( BC)?$/

/**
 * The moment that a text stands for, in milliseconds since 1970. It may be that number, PostgreSQL's infinity, or a date in
 * ISO 8601 order with an offset. Any other text gives `NaN`: the order of day and month depends on the database's
 * `DateStyle`, and a time without an offset on the writer's time zone.
 */
export function momentOfText(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text)
  if (/^-?infinity$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  const parts = isoDate.exec(text)
  return parts ? momentOfParts(parts) : Number.NaN
}

function momentOfParts(parts: RegExpExecArray): number {
  const [, year, month, day, hour, minute, second, fraction, sign, ...offset] = parts
  const isBeforeChrist = offset.pop() !== undefined
  const [hours = 0, minutes = 0, seconds = 0] = offset.map((part) => Number(part ?? 0))
  const milliseconds = Math.floor(Number((fraction ?? '0').replace(',', '.')) * 1000)
  const date = new Date(Date.UTC(2000, 0, 1, Number(hour), Number(minute), Number(second ?? 0), milliseconds))
  date.setUTCFullYear(isBeforeChrist ? 1 - Number(year) : Number(year), Number(month) - 1, Number(day))
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return Number.NaN
  const shift = (hours * 3600 + minutes * 60 + seconds) * 1000
  return sign === '-' ? date.getTime() + shift : date.getTime() - shift
}

/**
 * The moment of a date that PostgreSQL has written as text. One without an offset is in the time zone of this process, as the
 * driver `pg` reads it.
 *
 * @see https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-DATETIME-OUTPUT
 */
export function momentOfPostgresText(text: string): number {
  const moment = momentOfUtcText(text)
  if (!Number.isNaN(moment)) return moment // fast path: the server's time zone is UTC
  return isZoneless(text) ? new Date(text.replace(' ', 'T')).getTime() : momentOfText(text)
}

/** The moment of a text such as `2026-11-28 23:41:07.123+00`; `NaN` for other forms. A regular expression takes far longer. */
function momentOfUtcText(text: string): number {
  const year = digits(text, 0, 4)
  const hasForm = text[4] === '-' && text[7] === '-' && text[10] === ' ' && text[13] === ':' && text[16] === ':'
  if (!hasForm || !text.endsWith('+00') || !(year >= 100)) return Number.NaN // `Date.UTC` takes 99 for 1999
  const end = text.length - 3
  if (end > 19 && text[19] !== '.') return Number.NaN
  const millisecond = end > 20 ? digits(text, 20, Math.min(end, 23)) * 10 ** Math.max(0, 23 - end) : 0
  const [month, day, hour] = [digits(text, 5, 7), digits(text, 8, 10), digits(text, 11, 13)]
  return Date.UTC(year, month - 1, day, hour, digits(text, 14, 16), digits(text, 17, 19), millisecond)
}

/** The whole number that stands in this part of the text; `NaN` if it has another character than digits. */
function digits(text: string, from: number, to: number): number {
  let number = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - zero
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    number = number * 10 + digit
  }
  return number
}

const zero = '0'.charCodeAt(0)

/** Whether a text is a date and a time without an offset, as MySQL and MariaDB write them. */
export function isZoneless(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?$/.test(value)
}

/**
 * Whether a text begins with a year, or is a number. JavaScript's date parser reads any other text in American order,
 * whatever the database meant.
 */
export function beginsWithYear(text: string): boolean {
  return /^(?:[+-]?\d{4,}-|-?\d+$)/.test(text)
}
