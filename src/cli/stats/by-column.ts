import type { TableAccess } from '../../sql/table-access.js'
import { numberOf, Question } from '../row-counts.js'
import { shownValue } from '../shown-columns.js'

/** A value of a column, and how many living sessions have it. */
export interface Share {
  readonly value: unknown
  readonly count: number
}

/** The most frequent values of a column among living sessions. */
export async function byColumn(access: TableAccess, property: string, now: Date, limit: number): Promise<Share[]> {
  const question = new Question(access)
  const column = question.column(property)
  const rows = await question.ask(
    `SELECT ${column} AS found, COUNT(*) AS times FROM ${question.table} WHERE ${question.expires} > ${question.moment(now)} ` +
      `AND NOT ${question.isMarker} GROUP BY ${column} ORDER BY COUNT(*) DESC, ${column} LIMIT ${Math.trunc(limit)}`,
  )
  return rows.map(({ found, times }) => ({ value: shownValue(found), count: numberOf(times) }))
}
