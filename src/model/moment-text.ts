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
