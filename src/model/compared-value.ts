import { invalidWhere } from '../core/backend/row-filter.js'

/** What a column that is compared with a value holds. */
export interface ComparedColumn {
  /** The name of the property. */
  readonly property: string
  /** Whether it holds text: also one of a list of texts. */
  readonly text: boolean
  /** Whether texts in it have no blanks at the end, or have them up to a fixed width, so that none of them counts. */
  readonly fixedWidth: boolean
  /** Which numbers it holds, if it does. */
  readonly numbers: 'whole' | 'all' | undefined
  /** Whether numbers in it may be booleans. */
  readonly boolean: boolean
}

const texts = { whole: /^-?\d+$/, all: /^-?\d+(\.\d+)?$/ }

/**
 * The value as a database compares it rightly with the column. Text is compared with text: MySQL takes the number 0 for equal
 * to every text that does not begin with a digit. Throws `WHERE_INVALID` for what a column of numbers cannot hold: MySQL
 * takes `'42abc'` for 42, and `true` for 1.
 */
export function comparedValue(column: ComparedColumn, value: unknown): unknown {
  const { property, text, fixedWidth, numbers, boolean } = column
  if (text) return fixedWidth ? withoutBlanks(textOf(value)) : textOf(value)
  if (!numbers) return value
  const isNumber =
    (typeof value !== 'string' || texts[numbers].test(value)) &&
    (typeof value !== 'number' || numbers === 'all' || Number.isInteger(value)) &&
    (typeof value !== 'boolean' || boolean)
  if (!isNumber)
    throw invalidWhere(`The column '${property}' holds numbers, and the value for it is none that it can hold`)
  return value
}

function textOf(value: unknown): unknown {
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : value
}

function withoutBlanks(value: unknown): unknown {
  if (typeof value !== 'string') return value
  let end = value.length
  while (value[end - 1] === ' ') end--
  return value.slice(0, end)
}
