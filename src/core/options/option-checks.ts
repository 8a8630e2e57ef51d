import type { SessionBackend } from '../backend/session-backend.js'
import { fewestIdBytes, mostIdBytes } from '../codec/id.js'
import type { Serializer } from '../codec/serializer.js'
import type { MergeFunction } from '../properties/change-set.js'
import { isBoolean, isFunction, isObject, isWithin, matches, oneOf } from '../validation.js'

export const isCookieName = matches(/^[\w!#$%&'*+.^`|~-]{1,255}$/)
export const isDomain = matches(/^\.?[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i)
export const isPath = matches(/^\/[\x20-\x3a\x3c-\x7e]*$/)
/** Whether the value can name a property of `ctx`: no name that every object has already. */
export const isPropertyName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && !(value in Object.prototype)
export const isIdBytes = isWithin(fewestIdBytes, mostIdBytes)
export const isBatch = isWithin(1, 10_000)
export const isLimit = isWithin(1, 100_000)
export const isTimerDelay = isWithin(1, 14 * 86_400_000)
export const isByteCount = isWithin(2, 2 ** 31)
export const isSecret = (value: unknown): value is string => typeof value === 'string' && value.length >= 16
export const isGrace = isWithin(1, 600_000)
export const isSessionCount = isWithin(1, 10_000)
export const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1
export const isClock = (value: unknown): value is () => number =>
  isFunction<() => unknown>(value) && Number.isFinite(value())
export const isMerge = (value: unknown): value is Record<string, MergeFunction> =>
  isObject(value) && Object.values(value).every(isFunction)
/** Whether the value is a serializer. It is tried on an empty session, so that an asynchronous one is noticed. */
export function isSerializer(value: unknown): value is Serializer {
  if (!isObject(value) || !isFunction<Serializer['serialize']>(value.serialize)) return false
  if (!isFunction<Serializer['deserialize']>(value.deserialize)) return false
  const text: unknown = value.serialize({})
  return typeof text === 'string' && isObject(value.deserialize(text)) && !(value.deserialize(text) instanceof Promise)
}

const clearedData = ['cache', 'cookies', 'storage', 'executionContexts', '*'] as const

/**
 * A kind of data that a browser can be told to remove, as the header `Clear-Site-Data` names it.
 *
 * @see https://www.w3.org/TR/clear-site-data/
 */
export type ClearedData = (typeof clearedData)[number]

const isClearedItem = oneOf(...clearedData)
export const isClearedData = (value: unknown): value is ClearedData[] =>
  Array.isArray(value) && value.every(isClearedItem)

const backendMethods = [
  'find',
  'insert',
  'update',
  'touch',
  'delete',
  'list',
  'listById',
  'count',
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
