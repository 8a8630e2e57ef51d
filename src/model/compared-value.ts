import { invalidWhere } from '../core/backend/row-filter.js'

/** The content of a column that a condition compares with a value. */
export interface ComparedColumn {
  /** The name of the property. */
  readonly property: string
  /** Whether the column holds text, also one of a list of texts. */
  readonly text: boolean
  /** Whether blanks at the end of its texts mean nothing: the column strips them, or pads to a fixed width. */
  readonly fixedWidth: boolean
  /** Which numbers the column holds; `undefined` if it holds none. */
  readonly numbers: 'whole' | 'all' | undefined
  /** Whether the column's numbers may be booleans. */
  readonly boolean: boolean
}

const texts = { whole: /^-?\d+$/, all: /^-?\d+(\.\d+)?$/ }

/**
 * The value in the form that the database compares correctly with the column. A column of text is compared with text: MySQL
 * finds the number 0 equal to every text that does not begin with a digit.
 * @throws `WHERE_INVALID` for a value that a column of numbers cannot hold: MySQL takes `'42abc'` for 42, and `true` for 1.
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
