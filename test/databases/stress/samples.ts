import { check } from './check.js'
import type { Entry, FinalRow } from './log.js'

/** A log of requests that were sent one after the other, unless they tell otherwise. */
export function logOf(...entries: readonly (Partial<Entry> & Pick<Entry, 'deed'>)[]): Entry[] {
  return entries.map((entry, index) => ({
    n: index + 1,
    user: 1,
    from: entry.deed === 'begin' ? undefined : 'a',
    start: index * 10,
    end: index * 10 + 5,
    sentAt: index * 10,
    answeredAt: index * 10 + 5,
    outcome: 'stored',
    to: entry.deed === 'begin' ? 'a' : undefined,
    began: 100,
    dropped: undefined,
    ...entry,
  }))
}

/** The row `a` as the request 1 leaves it, and what else is in it. */
export function row(properties: object = {}, id = 'a'): FinalRow {
  return { id, began: 100, properties: { user: 1, userId: 1, k_1: 1, label: '1', last: 1, points: 0, ...properties } }
}

/** What the checker finds. */
export function faults(log: readonly Entry[], ...rows: readonly FinalRow[]): string[] {
  return check(log, rows, { rowId: (id) => id, grace: 1000 }).map(({ fault, what }) => `${fault}: ${what}`)
}
