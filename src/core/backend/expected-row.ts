import { isDeepStrictEqual } from 'node:util'
import type { SessionRow } from './session-backend.js'

/** The content of a row after a write, if the write was executed. */
export interface ExpectedRow {
  readonly id: string
  readonly version: number | null
  /** The content of the column `data`. */
  readonly data: string | null
  /** The columns that were written. */
  readonly columns: SessionRow['columns']
}

/** Whether the row has the content that the write would have left. */
export function isAsExpected(row: Omit<ExpectedRow, 'id'>, expected: ExpectedRow): boolean {
  const hasColumn = ([name, value]: [string, unknown]): boolean => isDeepStrictEqual(row.columns[name], value)
  const isSame = row.version === expected.version && isSameData(row.data, expected.data)
  return isSame && Object.entries(expected.columns).every(hasColumn)
}

/** Whether the contents are equal, or one object in JSON: a column of that type may order and space it differently. */
function isSameData(one: string | null, other: string | null): boolean {
  if (one === other) return true
  if (!one?.startsWith('{') || !other?.startsWith('{')) return false
  try {
    return isDeepStrictEqual(JSON.parse(one), JSON.parse(other))
  } catch {
    return false
  }
}
