import { hashId } from '../codec/id.js'
import type { SessionMeta, StoredRow } from '../codec/session-meta.js'
import type { ResolvedOptions } from '../options/options.js'

/** How long a forwarding row stays behind its grace, in milliseconds: requests that are under way find their session by it. */
const staysAfterGrace = 45_000
/** How many former ids the row of a session names. */
const mostNamed = 8
/** Beyond this length, hashes do not meet. */
const longestName = 43

/** How long the forwarding row of a replaced id stays, in milliseconds from the replacement. */
export function forwardingStays({ grace }: Pick<ResolvedOptions, 'grace'>): number {
  return grace + staysAfterGrace
}

/**
 * The id of the forwarding row that a session leaves under a row id: one that no cookie can hold. It is a hash, so that the table does not
 * hold the replaced id any more, which opens the forwarding row.
 */
export function forwardingIdOf(rowId: string, { backend }: Pick<ResolvedOptions, 'backend'>): string {
  const most = backend.capabilities.idLength ?? Number.POSITIVE_INFINITY
  return `~${hashId(rowId).slice(0, Math.min(longestName, most - 1))}`
}

/** Whether a row with this id is no session, but a forwarding row or a lease. */
export function isMarkerId(rowId: string): boolean {
  return rowId.startsWith('~')
}

/** The metadata of a session whose id is replaced at `now`: they name its forwarding row, so that whoever ends the session removes it. */
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

/** The ids of the forwarding rows that the row of a session names, as far as they may still be there. */
export function forwardingIdsOf({ meta }: StoredRow, options: ResolvedOptions): string[] {
  return namesIn(meta, options.now(), options).map((name) => `~${name}`)
}

function namesIn({ former, formerAt }: SessionMeta, now: number, options: ResolvedOptions): readonly string[] {
  const isOver = formerAt === undefined || !(now < formerAt + longestStay(options))
  return isOver || !Array.isArray(former) ? [] : former
}

/** Until the last sweep for a forwarding row is over. */
function longestStay(options: ResolvedOptions): number {
  return forwardingStays(options) + 15_000
}
