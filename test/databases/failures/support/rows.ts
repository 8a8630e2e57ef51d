import type {
  BackendCall,
  BackendFailure,
  RowsWritten,
  RowTouch,
  RowUpdate,
  SessionBackend,
  SessionRow,
} from 'koa-session-model'

/** When the rows of these tests expire: it fits into all columns, and tells one write from another. */
export const expires = new Date('2037-01-01T00:00:00Z')
export const later = new Date('2037-06-01T00:00:00Z')

export function rowOf(id: string): SessionRow {
  return { id, data: '{}', expires, createdAt: new Date('2026-01-01T00:00:00Z'), version: 1, columns: { userId: 1 } }
}

/** Writes `later` to the row that has this version. */
export function touchOf(id: string, version = 1): RowTouch {
  return { id, version, now: new Date('2030-01-01T00:00:00Z'), expires: later }
}

/** Writes data to the row that has this version. */
export function updateOf(id: string, version = 1): RowUpdate {
  return {
    id,
    version,
    now: new Date('2030-01-01T00:00:00Z'),
    values: { data: '{"n":1}', expires, version: version + 1 },
  }
}

/** What the failure of this call means; `undefined` if it succeeded. */
export async function failure(backend: SessionBackend, call: Promise<unknown>): Promise<BackendFailure | undefined> {
  try {
    await call
    return undefined
  } catch (error) {
    return backend.failureOf?.(error)
  }
}

/** The data of the row. */
export async function dataOf(backend: SessionBackend, id: string): Promise<string | null | undefined> {
  return (await backend.find([id]))[0]?.data
}

/** Updates the row `a`. */
export function write(backend: SessionBackend, call?: BackendCall): Promise<RowsWritten> {
  return backend.update([updateOf('a')], call)
}
