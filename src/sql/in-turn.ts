import type { BackendFailure, RowsWritten } from '../core/backend/session-backend.js'
import { isHarmless } from '../model/failures.js'

/**
 * Writes rows by one statement each. A failure rejects, unless rows before it were written: then those from this one on are
 * told as not tried, if nothing was written to it.
 */
export async function inTurn<Write>(
  writes: readonly Write[],
  write: (write: Write) => Promise<boolean>,
  failureOf: (error: unknown) => BackendFailure,
): Promise<RowsWritten> {
  const written: (boolean | null)[] = []
  for (const next of writes) {
    try {
      written.push(await write(next))
    } catch (error) {
      if (written.length === 0 || !isHarmless(failureOf(error))) throw error
      return writes.map((_, index) => written[index] ?? null)
    }
  }
  return written
}
