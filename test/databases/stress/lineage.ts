import { type Entry, isUnsure } from './log.js'

/** One session: the ids that it had one after the other, and the requests that wrote to it. */
export interface Session {
  readonly birth: Entry
  readonly ids: Set<string>
  /** The session that it split from, by a login with an id that was replaced already. */
  readonly parent: Session | undefined
  readonly stored: Entry[]
  /** Requests that may have written to it. */
  readonly unsure: Entry[]
  /** Requests that found it gone. */
  readonly gone: Entry[]
}

/** Who is who in a log. */
export interface Lineage {
  readonly sessions: readonly Session[]
  readonly byId: ReadonlyMap<string, Session>
  /** By id: the login that replaced it. */
  readonly replacedBy: ReadonlyMap<string, Entry>
}

/** Finds the sessions of a log. A login with an id either replaces it, or splits a session off: that one is younger. */
export function trace(log: readonly Entry[]): Lineage {
  const byId = new Map<string, Session>()
  const replacedBy = new Map<string, Entry>()
  const sessions: Session[] = []
  for (const entry of [...log].sort((a, b) => a.end - b.end)) {
    const before = entry.from === undefined ? undefined : byId.get(entry.from)
    const isNew = entry.deed === 'begin' || (entry.deed === 'login' && entry.began !== before?.birth.began)
    if (entry.outcome === 'stored' && entry.to !== undefined && isNew) {
      sessions.push(born(entry, entry.to, before))
      byId.set(entry.to, sessions[sessions.length - 1] as Session)
    } else if (before) {
      file(entry, before)
      if (isReplacement(entry)) {
        before.ids.add(entry.to)
        byId.set(entry.to, before)
        replacedBy.set(entry.from, entry)
      }
    }
  }
  return { sessions, byId, replacedBy }
}

function born(birth: Entry, id: string, parent: Session | undefined): Session {
  return { birth, ids: new Set([id]), parent, stored: [birth], unsure: [], gone: [] }
}

function file(entry: Entry, { stored, unsure, gone }: Session): void {
  if (entry.outcome === 'stored') stored.push(entry)
  else (isUnsure(entry) ? unsure : gone).push(entry)
}

function isReplacement(entry: Entry): entry is Entry & { from: string; to: string } {
  const { deed, outcome, from, to } = entry
  return deed === 'login' && outcome === 'stored' && from !== undefined && to !== undefined
}
