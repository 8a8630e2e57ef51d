import { earliest, latest } from '../core/repository/expiry.js'
import { isZoneless, momentOfText } from './moment-text.js'

/**
 * How a date column holds a moment: as the ORM's own dates, or as milliseconds since 1970 in an integer column, which
 * no time zone of a driver or a server can change.
 */
export interface DateCodec {
  /** The value for the ORM's object. */
  toProperty(date: Date): Date | number
  /** The value that the column is compared with. */
  toParameter(date: Date): Date | number
  /** Prepares the value of the ORM's object for {@link toDate}, if the value alone does not tell the moment. */
  fromProperty?(value: unknown): unknown
}

/** Dates as the ORM itself has them. */
export const nativeDates: DateCodec = { toProperty: (date) => date, toParameter: (date) => date }

/** Dates that an integer column holds as milliseconds since 1970. */
export const epochMilliseconds: DateCodec = {
  toProperty: (date) => date.getTime(),
  toParameter: (date) => date.getTime(),
}

/** Dates that an integer column holds as whole seconds since 1970. The ORM's object has dates, which its column converts. */
export const epochSeconds: DateCodec = {
  toProperty: (date) => date,
  toParameter: (date) => Math.floor(date.getTime() / 1000),
}

/** Dates as the ORM has them. A text that the driver gives instead of a `Date` is in this time zone, such as `+09:00`. */
export function datesInZone(offset: string): DateCodec {
  return { ...nativeDates, fromProperty: (value) => (isZoneless(value) ? value + offset : value) }
}

/**
 * The moment that a column's value stands for. Drivers, type parsers, transformers and getters may give milliseconds, text,
 * or dates of another library. Infinitely early and late moments become the first and the last one of a `Date`. Returns an
 * invalid date for values that are no moment, are out of range, or are ambiguous.
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

/**
 * The moment of a date of another library, in milliseconds: `valueOf()` of luxon and dayjs, `epochMilliseconds` of
 * `Temporal`, whose `valueOf()` throws.
 */
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

/** The limits of a date column: which moments it holds, and whether the database moves them. */
export interface DateLimits {
  /** The last moment that the column holds, in milliseconds since 1970; `null` if no session reaches it. */
  readonly latest: number | null
  /** The smallest step of the column, in milliseconds. */
  readonly step: number
  /** Whether the database may set the column to the current time when the row is updated. */
  readonly moves: boolean
}

/** No limits: the column holds every moment, and changes only when it is written. */
export const noLimits: DateLimits = { latest: null, step: 1, moves: false }

/** The last moment of TIMESTAMP on MySQL and MariaDB. From MariaDB 11.5 on it is in 2106. */
export const endOfTimestamps = Date.UTC(2038, 0, 19, 3, 14, 7)

/** The last moment in an integer of 32 bits with seconds since 1970, without and with a sign. */
export const endOfSeconds = { unsigned: (2 ** 32 - 1) * 1000, signed: (2 ** 31 - 1) * 1000 } as const

/** The seconds since 1970 for a date. Other values pass, so applying it twice does no harm. */
export function toSeconds(value: unknown): unknown {
  return value instanceof Date ? Math.floor(value.getTime() / 1000) : value
}

/** The date for seconds since 1970. A date passes. */
export function fromSeconds(value: unknown): unknown {
  if (value === null || value === undefined || value instanceof Date) return value
  return new Date(Number(value) * 1000)
}

/** The smallest step, in milliseconds, of a date with this number of digits after the second. */
export function stepOf(digits: number): number {
  return 10 ** Math.max(0, 3 - digits)
}
