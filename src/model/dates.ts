/**
 * How a date column holds a moment: as the ORM's own dates, or as milliseconds since 1970 in an integer column, which
 * no time zone of a driver or a server can change.
 */
export interface DateCodec {
  /** What the ORM's object gets. */
  toProperty(date: Date): Date | number
  /** What the column is compared with. */
  toParameter(date: Date): Date | number
}

export const nativeDates: DateCodec = { toProperty: (date) => date, toParameter: (date) => date }

export const epochMilliseconds: DateCodec = {
  toProperty: (date) => date.getTime(),
  toParameter: (date) => date.getTime(),
}

/** The moment that a column's value stands for, whichever way it is held; an invalid date where there is none. */
export function toDate(value: unknown): Date {
  if (value instanceof Date) return value
  if (typeof value === 'number' || typeof value === 'bigint') return new Date(Number(value))
  if (typeof value !== 'string') return new Date(Number.NaN)
  return /^-?\d+$/.test(value) ? new Date(Number(value)) : new Date(value)
}

/** Whether the moment has come. Where there is none, it has: such a row is never taken for a living session. */
export function isPast(expires: unknown, now: number): boolean {
  return !(toDate(expires).getTime() > now)
}

/** What the type of a date column does to moments. */
export interface DateLimits {
  /** The last moment that it holds, in milliseconds since 1970; `null` where no session reaches it. */
  readonly latest: number | null
  /** The length of its smallest step, in milliseconds. */
  readonly step: number
  /** Whether the database may move the column to the current time with each update of the row. */
  readonly moves: boolean
}

/** A column that holds every moment, and only moves when it is written. */
export const noLimits: DateLimits = { latest: null, step: 1, moves: false }

/** Where TIMESTAMP ends on MySQL and MariaDB; from MariaDB 11.5 on it goes to 2106. */
export const endOfTimestamps = Date.UTC(2038, 0, 19, 3, 14, 7)

/** The smallest step of a date with so many digits after the second. */
export function stepOf(digits: number): number {
  return 10 ** Math.max(0, 3 - digits)
}
