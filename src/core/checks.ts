import { inspect } from 'node:util'
import type { SessionBackend } from './backend.js'
import type { MergeFunction } from './changes.js'
import { SessionError } from './errors.js'
import { fewestIdBytes, mostIdBytes } from './id.js'
import type { ClearedData } from './options.js'
import type { RequestFacts } from './request-facts.js'
import type { Serializer } from './serializer.js'

/** The value, if it passes; else `OPTION_INVALID` with what the option takes, and what a function of it has thrown. */
export function check<T>(option: string, value: unknown, passes: (value: unknown) => value is T, takes: string): T {
  let thrown: unknown
  try {
    if (passes(value)) return value
  } catch (error) {
    thrown = error
  }
  if (thrown === undefined) throw invalid(option, shown(value), takes)
  const reason = thrown instanceof Error ? thrown.message : shown(thrown)
  throw invalid(option, `${shown(value)}, which has thrown: ${reason}`, takes, { cause: thrown })
}

/** The error for an option: what it is, and what it takes. */
export function invalid(option: string, is: string, takes: string, options?: ErrorOptions): SessionError {
  return new SessionError('OPTION_INVALID', `The option ${option} is ${is}. Give ${takes}.`, options)
}

/** A value as a message names it, whatever it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY, customInspect: false })
}

export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
export const isFunction = <F>(value: unknown): value is F => typeof value === 'function'
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const matches =
  (pattern: RegExp) =>
  (value: unknown): value is string =>
    typeof value === 'string' && pattern.test(value)
const isWithin =
  (least: number, most: number) =>
  (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most

export const isCookieName = matches(/^[\w!#$%&'*+.^`|~-]{1,255}$/)
export const isDomain = matches(/^\.?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i)
export const isPath = matches(/^\/[\x20-\x3a\x3c-\x7e]*$/)
/** A name for a property of `ctx`, and none that every object has. */
export const isPropertyName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && !(value in Object.prototype)
export const isIdBytes = isWithin(fewestIdBytes, mostIdBytes)
export const isBatch = isWithin(1, 10_000)
export const isLimit = isWithin(1, 100_000)
export const isTimerDelay = isWithin(1, 14 * 86_400_000)
export const isByteCount = isWithin(2, 2 ** 31)
export const isSecret = (value: unknown): value is string => typeof value === 'string' && value.length >= 16
export const isBinding = (value: unknown): value is ((request: RequestFacts) => string) | null =>
  value === null || isFunction(value)
export const isGrace = isWithin(1, 600_000)
export const isSessionCount = isWithin(1, 10_000)
export const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1
export const isClock = (value: unknown): value is () => number =>
  isFunction<() => unknown>(value) && Number.isFinite(value())
export const isMerge = (value: unknown): value is Record<string, MergeFunction> =>
  isObject(value) && Object.values(value).every(isFunction)
export const oneOf =
  <const T extends readonly unknown[]>(...values: T) =>
  (value: unknown): value is T[number] =>
    values.includes(value)

/** Tried on an empty session, so that an asynchronous one is noticed here. */
export function isSerializer(value: unknown): value is Serializer {
  if (!isObject(value) || !isFunction<Serializer['serialize']>(value.serialize)) return false
  if (!isFunction<Serializer['deserialize']>(value.deserialize)) return false
  const text: unknown = value.serialize({})
  return typeof text === 'string' && isObject(value.deserialize(text)) && !(value.deserialize(text) instanceof Promise)
}

const isClearedItem = oneOf('cache', 'cookies', 'storage', 'executionContexts', '*')
export const isClearedData = (value: unknown): value is ClearedData[] =>
  Array.isArray(value) && value.every(isClearedItem)

const backendMethods = [
  'find',
  'insert',
  'update',
  'touch',
  'delete',
  'list',
  'deleteWhere',
  'findExpired',
  'deleteExpired',
  'deleteAll',
]

export function isBackend<Columns extends object>(value: unknown): value is SessionBackend<Columns> {
  if (!isObject(value) || !backendMethods.every((name) => isFunction(value[name]))) return false
  const { capabilities, columns } = value
  if (!isObject(capabilities) || !Array.isArray(columns)) return false
  const isCount = (count: unknown): boolean => count === null || Number.isFinite(count)
  return (
    isBoolean(capabilities.versions) &&
    isBoolean(capabilities.creationDates) &&
    isCount(capabilities.idLength) &&
    isCount(capabilities.dataBytes)
  )
}
