import type { ExpiredRow } from '../backend/session-backend.js'
import { hashId } from '../codec/id.js'
import type { SessionMeta, StoredRow } from '../codec/session-meta.js'
import type { ResolvedOptions } from '../options/options.js'

/** The time that a forwarding row stays after its grace, in milliseconds: running requests find their session by it. */
const staysAfterGrace = 45_000
/** The most former ids that the row of a session names. */
const mostNamed = 8
/** The most characters of the hash in the id of a forwarding row: 172 bits, so two ids never collide. */
const longestName = 43

/** The time that the forwarding row of a replaced id stays, in milliseconds from the replacement. */
export function forwardingStays({ grace }: Pick<ResolvedOptions, 'grace'>): number {
  return grace + staysAfterGrace
}

/** The moment after which a forwarding row was left that is still needed. */
export function forwardingSince(options: Pick<ResolvedOptions, 'grace' | 'now'>): Date {
  return new Date(options.now() - forwardingStays(options))
}

/** Whether an expired row is a marker that requests or watches may still need: no removal of expired rows takes it. */
export function isFreshMarker({ id, expires }: ExpiredRow, since: Date): boolean {
  return isMarkerId(id) && expires > since
}

/**
 * The id of the forwarding row for a row id. No cookie can hold it. It is a hash, so that the table does not contain the
 * replaced id, which opens the forwarding row.
 */
export function forwardingIdOf(rowId: string, { backend }: Pick<ResolvedOptions, 'backend'>): string {
  const most = backend.capabilities.idLength ?? Number.POSITIVE_INFINITY
  return `~${hashId(rowId).slice(0, Math.min(longestName, most - 1))}`
}

/** Whether the id is that of a marker row: a forwarding row or a lease. */
export function isMarkerId(rowId: string): boolean {
  return rowId.startsWith('~')
}

/** Adds the forwarding row to the metadata of a session whose id is replaced at `now`, so that ending the session removes it. */
export function withFormer(
  meta: SessionMeta,
  forwardingId: string,
  now: number,
  options: ResolvedOptions,
): SessionMeta {
  const names = [...namesIn(meta, now, options), forwardingId.slice(1)]
  return { ...meta, former: names.slice(-mostNamed), formerAt: now }
}

/** The metadata of a session that splits off: the forwarding rows are those of the other one, and stay when this one ends. */
export function withoutFormer({ former, formerAt, ...meta }: SessionMeta): SessionMeta {
  return meta
}

/** The ids of the forwarding rows that the row of a session names and that may still exist. */
export function forwardingIdsOf({ meta }: StoredRow, options: ResolvedOptions): string[] {
  return namesIn(meta, options.now(), options).map((name) => `~${name}`)
}

function namesIn({ former, formerAt }: SessionMeta, now: number, options: ResolvedOptions): readonly string[] {
  const isOver = formerAt === undefined || !(now < formerAt + longestStay(options))
  return isOver || !Array.isArray(former) ? [] : former
}

/** The longest time that a forwarding row may exist, in milliseconds: until the sweep that removes it is over. */
function longestStay(options: ResolvedOptions): number {
  return forwardingStays(options) + 15_000
}
