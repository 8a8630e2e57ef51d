import type { StoredRow } from '../../core/codec/session-meta.js'
import type { Opened } from '../load/open-config.js'
import { Question } from '../row-counts.js'

/**
 * All rows, page by page in the order of their ids. A row whose id changes meanwhile may come twice, or not at all; one that
 * begins meanwhile need not come.
 */
export async function* pagesOf(opened: Opened, size: number, signal: AbortSignal): AsyncGenerator<StoredRow[]> {
  const { repository, time } = opened.shared
  let last: string | undefined
  while (!signal.aborted) {
    const ids = await idsAfter(opened, last, size)
    if (ids.length === 0) return
    const rows = await Promise.all(ids.map((id) => repository.findOne(id, time.begin())))
    yield rows.filter((row) => row !== undefined)
    last = ids.at(-1)
  }
}

async function idsAfter({ access }: Opened, last: string | undefined, size: number): Promise<string[]> {
  const question = new Question(access)
  const { id, table } = question
  const parameter = access.text.column(access.session.id).parameter(last)
  const where = last === undefined ? `${id} IS NOT NULL` : `${id} > ${question.bind(parameter)}`
  const rows = await question.ask(`SELECT ${id} AS row_id FROM ${table} WHERE ${where} ORDER BY ${id} LIMIT ${size}`)
  return rows.map((row) => String(row.row_id))
}
