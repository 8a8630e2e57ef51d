import { isUncertain } from '../backend/backend-error.js'
import { type ExpectedRow, isAsExpected } from '../backend/expected-row.js'
import type { SessionRow } from '../backend/session-backend.js'

/**
 * The fate of a write whose answer was lost: `written`; `open` if it was not executed so far, but may be; `refused` if its
 * guard keeps it from ever being executed; `unknown`.
 */
export type Fate = 'written' | 'open' | 'refused' | 'unknown'

/** A row as it is now. */
type Present = Omit<ExpectedRow, 'id'>

/** The most times that one write is sent. */
const mostTimes = 3

/**
 * Sends a guarded write, and resolves to whether it was executed. If the answer is lost, `look` tells the fate of the write,
 * and an open one is sent again. The guard lets only one of them write, even if the lost one is still on its way.
 */
export async function writeSurely(send: () => Promise<boolean>, look: () => Promise<Fate>): Promise<boolean> {
  let lost: unknown
  for (let times = 1; ; times++) {
    try {
      const isWritten = await send()
      if (isWritten || lost === undefined) return isWritten
    } catch (error) {
      if (lost === undefined && !isUncertain(error)) throw error
      lost = error
    }
    const fate = await look()
    if (fate === 'written') return true
    if (fate === 'refused') return false
    if (fate === 'unknown' || times === mostTimes) throw lost
  }
}

/**
 * The fate of the write that would leave the row `expected`. An update guards the version of the row `read`; an insert has
 * none. `find` finds a row by its id.
 */
export async function fateOf(
  expected: ExpectedRow,
  read: Pick<SessionRow, 'id' | 'version'> | undefined,
  find: (id: string) => Promise<Present | undefined>,
): Promise<Fate> {
  try {
    const row = await find(expected.id)
    if (row && isAsExpected(row, expected)) return 'written'
    if (!read) return row ? 'unknown' : 'open'
    const present = expected.id === read.id ? row : await find(read.id)
    return present ? fateOfUpdate(present, expected, read.version) : 'unknown'
  } catch {
    return 'unknown'
  }
}

/** The fate of an update that guards a version, by the present row. */
function fateOfUpdate({ version, data }: Present, expected: ExpectedRow, guarded: number | null): Fate {
  if (version === null || guarded === null) return 'unknown'
  if (version === guarded) return 'open'
  // Another write has taken the version that this one would have left. Listeners of the application may change columns.
  return version === expected.version && data !== expected.data ? 'refused' : 'unknown'
}
