import type { RowUpdate, SessionRow } from 'koa-session-model'

export const expires = new Date(Date.now() + 3_600_000)

export function rowOf(id: string): SessionRow {
  return { id, data: '{}', expires, createdAt: new Date(), version: 1, columns: {} }
}

/** An update of the row that has this version. */
export function updateOf(id: string, version = 1, columns?: Record<string, unknown>): RowUpdate {
  const values = { data: `{"of":"${id}"}`, expires, version: version + 1, ...(columns && { columns }) }
  return { id, version, now: new Date(), values }
}
