import type { EndReason } from '../events.js'

/** Hears at once which rows this process ends or gives another id. */
export interface RowWatcher {
  /** The row of a session was deleted. */
  ended(rowId: string, reason: EndReason): void
  /** `regenerate()` gave the row of a session another id. */
  moved(rowId: string, nextRowId: string): void
}
