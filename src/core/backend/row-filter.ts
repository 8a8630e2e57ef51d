import { isDate } from 'node:util/types'
import { SessionError } from '../errors.js'
import type { RowFilter, RowFilterValue, SessionColumn } from './session-backend.js'

/**
 * Checks a condition that may contain input of a request. It may name only known columns and `id`, with plain values.
 * Objects and arrays are refused, because they could smuggle in an operator; `undefined`, because a misspelt property must
 * not match every session; a numeric id, because MySQL takes 0 for equal to most texts. Throws `WHERE_INVALID`.
 *
 * @param mayBeEmpty Whether `{}` is taken, which matches every session.
 */
export function checkWhere(where: unknown, columns: ReadonlyMap<string, SessionColumn>, mayBeEmpty = false): RowFilter {
  if (typeof where !== 'object' || where === null) throw invalidWhere('The condition is no object')
  const entries = Object.entries(where)
  if (entries.length === 0 && !(mayBeEmpty && isPlainObject(where)))
    throw invalidWhere('The condition is empty, which would match every session')
  const checked = entries.map(([name, value]): [string, RowFilterValue] => {
    if (name !== 'id' && !columns.has(name)) throw invalidWhere(`The model has no column '${name}'`)
    const plain = plainValue(value)
    if (plain === undefined) throw invalidWhere(`The value for '${name}' is ${describe(value)}`)
    if (name === 'id' && typeof plain !== 'string') throw invalidWhere(`The id is ${describe(value)}, and not text`)
    return [name, plain]
  })
  return Object.freeze(Object.fromEntries(checked))
}

/** Whether the object is no array, no Map and no other instance: those seem empty too. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** Returns the value if it is plain. A date is copied, because it may have methods and properties of its own. */
function plainValue(value: unknown): RowFilterValue | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint')
    return value
  if (typeof value === 'number') return isExact(value) ? value : undefined
  const time = isDate(value) ? Date.prototype.getTime.call(value) : Number.NaN
  return Number.isNaN(time) ? undefined : new Date(time)
}

/** Whether JavaScript holds the number exactly: it reads several whole numbers beyond 2^53 as one. */
function isExact(value: number): boolean {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value))
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'number' || value === undefined || value === null ? String(value) : `a ${typeof value}`
}

/** The error for a condition that cannot be used. `problem` is the first sentence of its message. */
export function invalidWhere(problem: string): SessionError {
  return new SessionError(
    'WHERE_INVALID',
    `${problem}. Give custom columns of the model, or id, each with a string, number, bigint, boolean, Date or null; ` +
      '{} is taken where nothing ends: by list(), iterate() and count(). To end all sessions there is deleteAll().',
  )
}
