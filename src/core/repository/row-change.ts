import type { SessionRow } from '../backend/session-backend.js'
import type { SessionMeta, StoredRow } from '../codec/session-meta.js'

/** The content of a new row. */
export type RowContent = Pick<StoredRow, 'id' | 'data' | 'columns' | 'meta'>

/** The change that a request writes to the row of its session. */
export interface RowChange {
  readonly id: string | undefined
  readonly data: string | undefined
  readonly columns: SessionRow['columns']
  readonly meta: SessionMeta
  /** Whether the expiry moves even if using the session does not move it. */
  readonly renew: boolean
  /** Whether an equal write of another request is no success. Then a write with a lost answer fails if the row looks written. */
  readonly isExclusive?: boolean | undefined
}
