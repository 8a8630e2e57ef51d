import type { Lineage, Session } from './lineage.js'
import { type Entry, type FinalRow, isUnsure, type Violation } from './log.js'

/** The requests that ended a session for sure, and those that may have. */
export interface Endings {
  readonly sure: readonly Entry[]
  readonly possible: readonly Entry[]
}

/** Finds them: log-outs with any id that it had, and revocations of its user that it was there for. */
export function endingsOf({ stored, unsure, birth }: Session, log: readonly Entry[]): Endings {
  const isLogout = ({ deed }: Entry): boolean => deed === 'logout'
  const revocations = log.filter(({ deed, user }) => deed === 'revoke' && user === birth.user)
  return {
    sure: [...stored.filter(isLogout), ...revocations.filter((entry) => !isUnsure(entry) && entry.start > birth.end)],
    possible: [...stored.filter(isLogout), ...unsure.filter(isLogout), ...revocations.filter(isLaterThan(birth.start))],
  }
}

function isLaterThan(time: number): (entry: Entry) => boolean {
  return ({ end }) => end > time
}

/** A session that was ended has no row, and no request finds it that began later. */
export function checkEnded(
  session: Session,
  { sure }: Endings,
  row: FinalRow | undefined,
  { sessions }: Lineage,
): Violation[] {
  if (sure.length === 0) return []
  const ended = Math.min(...sure.map(({ end }) => end))
  const splits = sessions.filter(({ parent }) => parent === session).map(({ birth }) => birth)
  const late = [...session.stored, ...splits].filter(({ start }) => start > ended)
  return [
    ...(row ? [revived(`the row ${row.id} of user ${session.birth.user}`)] : []),
    ...late.map(({ n, deed, user }) => revived(`user ${user}, for request ${n} (${deed})`)),
  ]
}

/** A session that nobody ended has a row, and every request finds it whose id had not been replaced for too long. */
export function checkThere(
  session: Session,
  { possible }: Endings,
  row: FinalRow | undefined,
  { replacedBy }: Lineage,
  grace: number,
): Violation[] {
  const mayBeGone = (entry: Entry): boolean => {
    const { from = '', answeredAt } = entry
    const replacement = replacedBy.get(from)
    const isOld = replacement && answeredAt >= replacement.sentAt + grace
    const isUnknown = session.unsure.some(({ deed, from: its }) => deed === 'login' && its === from)
    return possible.some(({ start }) => start < entry.end) || isOld === true || isUnknown
  }
  const { user } = session.birth
  const isMissing = !row && possible.length === 0
  return [
    ...(isMissing ? [lost(`the session of user ${user}`)] : []),
    ...session.gone.filter((entry) => !mayBeGone(entry)).map(({ n }) => lost(`user ${user}, for request ${n}`)),
  ]
}

function revived(what: string): Violation {
  return { fault: 'revived', what }
}

function lost(what: string): Violation {
  return { fault: 'lost', what }
}
