import { checkEnded, checkThere, endingsOf } from './ended.js'
import { checkKept } from './kept.js'
import { type Lineage, type Session, trace } from './lineage.js'
import { type Entry, type FinalRow, isUnsure, type Violation } from './log.js'

/** What the checker must know of the library under test. */
export interface CheckOptions {
  /** What the row of a session is found by. */
  readonly rowId: (id: string) => string
  /** How long a replaced id still leads to its session, in milliseconds. */
  readonly grace: number
}

/**
 * Computes from the log of the requests what the rows must hold, and tells where they do not: what was acknowledged and
 * is lost, what was ended and is there, what has come into a session where it does not belong.
 */
export function check(log: readonly Entry[], rows: readonly FinalRow[], options: CheckOptions): Violation[] {
  const lineage = trace(log)
  const found = new Map(lineage.sessions.map((session) => [session, rowsOf(session, rows, options)]))
  const known = new Set([...found.values()].flat())
  return [
    ...lineage.sessions.flatMap((session) => checkSession(session, found.get(session) ?? [], log, lineage, options)),
    ...log.filter((entry) => isOldId(entry, lineage)).map(({ n }) => leak(`an id that was replaced, to request ${n}`)),
    ...rows.filter((row) => !known.has(row)).flatMap((row) => checkStray(row, log)),
  ]
}

function checkSession(
  session: Session,
  rows: readonly FinalRow[],
  log: readonly Entry[],
  lineage: Lineage,
  { grace }: CheckOptions,
): Violation[] {
  const [row, ...others] = rows
  const endings = endingsOf(session, log)
  return [
    ...checkEnded(session, endings, row, lineage),
    ...checkThere(session, endings, row, lineage, grace),
    ...(row ? checkKept(session, row, lineage) : []),
    ...others.map(({ id }): Violation => ({ fault: 'revived', what: `${id}, a second row of one session` })),
  ]
}

/** By the ids that it had. If a login was not answered, nobody knows its last id: then by when it began. */
function rowsOf(session: Session, rows: readonly FinalRow[], { rowId }: CheckOptions): FinalRow[] {
  const ids = new Set(Array.from(session.ids, rowId))
  const found = rows.filter(({ id }) => ids.has(id))
  if (found.length > 0 || !session.unsure.some(({ deed }) => deed === 'login')) return found
  const { user, began } = session.birth
  return rows.filter((row) => row.began === began && row.properties.userId === user)
}

/** Whether the response gave an id to the cookie that had been replaced before the request began. */
function isOldId({ to = '', start }: Entry, { replacedBy }: Lineage): boolean {
  return start > (replacedBy.get(to)?.end ?? Number.POSITIVE_INFINITY)
}

function leak(what: string): Violation {
  return { fault: 'leaked', what }
}

/** A row that no response told of is there only if a response was an error. */
function checkStray({ id, properties }: FinalRow, log: readonly Entry[]): Violation[] {
  const isExplained = log.some(
    (entry) => isUnsure(entry) && entry.user === properties.userId && ['begin', 'login'].includes(entry.deed),
  )
  return isExplained ? [] : [{ fault: 'revived', what: `${id}, a row that no response told of` }]
}
