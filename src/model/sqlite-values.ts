import type { ColumnType } from './column-type.js'
import type { Constant } from './sql-default.js'

/**
 * The value that SQLite returns for a column of this type whose default is the constant: the column's type decides whether
 * numbers become text, and texts numbers. `undefined` if it is not known.
 *
 * @see https://www.sqlite.org/datatype3.html#determination_of_column_affinity
 */
export function sqliteValue({ name }: ColumnType, constant: Constant): unknown {
  if (constant === null) return null
  if (constant instanceof Uint8Array) return Buffer.from(constant)
  if (typeof constant === 'object') return undefined
  const value = typeof constant === 'boolean' ? Number(constant) : constant
  const affinity = affinityOf(name)
  if (affinity === 'text') return typeof value === 'number' ? numberText(value) : String(value)
  if (affinity === 'blob' || (typeof value === 'string' && !isNumeral(value))) return value
  const number = Number(value)
  return Number.isSafeInteger(number) || !Number.isInteger(number) ? number : undefined
}

/**
 * The text of a number; `undefined` for fractions and for whole numbers beyond SQLite's integers, which SQLite writes in
 * another form.
 */
function numberText(value: number): string | undefined {
  return Number.isSafeInteger(value) ? String(value) : undefined
}

function isNumeral(text: string): boolean {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text)
}

function affinityOf(name: string): 'text' | 'blob' | 'number' {
  if (/int/i.test(name)) return 'number'
  if (/char|clob|text/i.test(name)) return 'text'
  return /blob/i.test(name) || name === '' ? 'blob' : 'number'
}
