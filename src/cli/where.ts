import type { RowFilterValue } from '../core/backend/session-backend.js'
import type { TableAccess, ValueKind } from '../sql/table-access.js'
import { usageError } from './cli-error.js'

/**
 * Turns `--where name=value` into a condition. The value is read by the type of the column; `null` means NULL, and quotes
 * make a text of anything.
 */
export function parseWhere(conditions: readonly string[], access: TableAccess): Record<string, RowFilterValue> {
  return Object.fromEntries(conditions.map((condition) => parse(condition, access)))
}

function parse(condition: string, access: TableAccess): [string, RowFilterValue] {
  const at = condition.indexOf('=')
  if (at < 1) throw usageError(`--where ${condition} is no condition. Write it as column=value.`, 'WHERE_INVALID')
  const [name, text] = [condition.slice(0, at), condition.slice(at + 1)]
  if (name === 'id') return [name, text]
  const columns = access.session.columns.map((column) => column.name)
  if (!columns.includes(name)) {
    const known =
      columns.length > 0 ? `It has: ${columns.join(', ')}, id.` : 'It has none, so only id can be asked for.'
    throw usageError(`The model ${access.modelName} has no column ${name}. ${known}`, 'COLUMN_UNKNOWN')
  }
  return [name, readValue(name, text, access.kindOf(name))]
}

function readValue(name: string, text: string, kind: ValueKind): RowFilterValue {
  if (text === 'null') return null
  const quoted = /^"(.*)"$/s.exec(text)
  if (quoted) return quoted[1] ?? ''
  const value = readers[kind](text)
  if (value !== undefined) return value
  throw usageError(`${text} is no ${kind}, which the column ${name} holds. Write a ${kind}, or null.`, 'WHERE_INVALID')
}

const readers: Readonly<Record<ValueKind, (text: string) => RowFilterValue | undefined>> = {
  text: (text) => text,
  number: (text) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined),
  bigint: (text) => (/^-?\d+$/.test(text) ? smallest(BigInt(text)) : undefined),
  boolean: (text) => ({ true: true, false: false, 1: true, 0: false })[text],
  date: (text) => (Number.isNaN(Date.parse(text)) ? undefined : new Date(text)),
}

/** A number if it is exact as such: the ORMs take both. */
function smallest(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}
