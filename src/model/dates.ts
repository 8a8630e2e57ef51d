import { earliest, latest } from '../core/repository/expiry.js'
import { isZoneless, momentOfText } from './moment-text.js'

/**
 * How a date column holds a moment: as the ORM's own dates, or as milliseconds since 1970 in an integer column, which
 * no time zone of a driver or a server can change.
 */
export interface DateCodec {
  /** What the ORM's object gets. */
  toProperty(date: Date): Date | number
  /** What the column is compared with. */
  toParameter(date: Date): Date | number
  /** What {@link toDate} reads, where that needs to know more than the value of the ORM's object. */
  fromProperty?(value: unknown): unknown
}

export const nativeDates: DateCodec = { toProperty: (date) => date, toParameter: (date) => date }

export const epochMilliseconds: DateCodec = {
  toProperty: (date) => date.getTime(),
  toParameter: (date) => date.getTime(),
}

/** The ORM's own dates, where a text that a driver gives in their place has the time of a zone, such as `+09:00`. */
export function datesInZone(offset: string): DateCodec {
  return { ...nativeDates, fromProperty: (value) => (isZoneless(value) ? value + offset : value) }
}

/**
 * The moment that a column's value stands for: a driver, a type parser, a transformer or a getter may give milliseconds,
 * text, or dates of another library. What is infinitely late or early is the last or the first moment of a `Date`. An
 * invalid date where there is none, where a `Date` cannot hold it, and where it is not sure which one is meant.
 */
export function toDate(value: unknown): Date {
  if (value instanceof Date) return value
  const moment = typeof value === 'string' ? momentOfText(value) : momentOf(value)
  return new Date(moment === Infinity ? latest : moment === -Infinity ? earliest : moment)
}

function momentOf(value: unknown): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  return typeof value === 'object' && value !== null ? momentOfObject(value) : Number.NaN
}

/** Dates of luxon, dayjs and others are milliseconds by `valueOf()`. Those of `Temporal` refuse that, and have a property. */
function momentOfObject(value: object): number {
  const { epochMilliseconds: own } = value as { epochMilliseconds?: unknown }
  if (typeof own === 'number') return own
  try {
    const inner: unknown = value.valueOf()
    return typeof inner === 'number' || typeof inner === 'bigint' ? Number(inner) : Number.NaN
  } catch {
    return Number.NaN
  }
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
