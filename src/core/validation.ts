import { inspect } from 'node:util'
import { SessionError } from './errors.js'

/** Returns the value if it passes. Else throws `OPTION_INVALID`, with what the option takes and the error of a check that threw. */
export function check<T>(option: string, value: unknown, passes: (value: unknown) => value is T, takes: string): T {
  let thrown: unknown
  try {
    if (passes(value)) return value
  } catch (error) {
    thrown = error
  }
  if (thrown === undefined) throw invalidOption(option, shown(value), takes)
  const reason = thrown instanceof Error ? thrown.message : shown(thrown)
  throw invalidOption(option, `${shown(value)}, which has thrown: ${reason}`, takes, { cause: thrown })
}

/** The error for an option: what it is, and what it takes. */
export function invalidOption(option: string, is: string, takes: string, options?: ErrorOptions): SessionError {
  return new SessionError('OPTION_INVALID', `The option ${option} is ${is}. Give ${takes}.`, options)
}

/** The text of any value for a message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY, customInspect: false })
}

export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
export const isFunction = <F>(value: unknown): value is F => typeof value === 'function'
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
export const matches =
  (pattern: RegExp) =>
  (value: unknown): value is string =>
    typeof value === 'string' && pattern.test(value)
export const isWithin =
  (least: number, most: number) =>
  (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
export const oneOf =
  <const T extends readonly unknown[]>(...values: T) =>
  (value: unknown): value is T[number] =>
    values.includes(value)
