import type { Lineage, Session } from './lineage.js'
import { type Entry, isUnsure } from './log.js'

/** What must have reached a session, and what may have. */
export interface History {
  readonly sure: readonly Entry[]
  readonly possible: readonly Entry[]
}

/**
 * The requests whose writes a session must hold, and those whose writes it may hold: one that found it gone in the end may
 * have written before.
 *
 * A session that split off began with what its parent was when the id of its cookie was replaced, or when the request
 * began, if that was earlier.
 */
export function historyOf(session: Session, lineage: Lineage): History {
  const own = { sure: session.stored, possible: [...session.stored, ...session.unsure, ...session.gone] }
  const { parent, birth } = session
  if (!parent || birth.from === undefined) return own
  const inherited = historyOf(parent, lineage)
  const replacement = lineage.replacedBy.get(birth.from)
  const earliest = replacement ? Math.min(replacement.start, birth.start) : 0
  const latest = Math.min(replacement?.end ?? birth.end, birth.end)
  return {
    sure: [...own.sure, ...inherited.sure.filter(({ end }) => end < earliest)],
    possible: [...own.possible, ...inherited.possible.filter((entry) => entry.start < latest)],
  }
}

/** The keys that were deleted for sure, and those that may have been. */
export function droppedIn({ sure, possible }: History): { sure: Set<number>; possible: Set<number> } {
  const numbers = (entries: readonly Entry[]): Set<number> => new Set(entries.flatMap(({ dropped }) => dropped ?? []))
  return { sure: numbers(sure), possible: numbers(possible) }
}

/** Of the writes to one value those that can be the last: no other one began after they were answered. */
export function lastWrites(writes: readonly Entry[]): Entry[] {
  const isReplaced = ({ end }: Entry): boolean => writes.some((later) => !isUnsure(later) && later.start > end)
  return writes.filter((write) => isUnsure(write) || !isReplaced(write))
}
