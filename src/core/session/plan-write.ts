import { noMeta, type SessionMeta } from '../codec/session-meta.js'
import type { ChangeSet } from '../properties/change-set.js'

/**
 * The effect of writing a session:
 * - `none`: nothing, since nothing has changed.
 * - `insert`: stores a new session.
 * - `renew`: moves the expiry of the row.
 * - `update`: writes the changes to the row.
 * - `rotate`: writes the changes and another id to the row, and leaves a forwarding row under the old id.
 * - `forward`: writes the changes to the row that the session has now: another request has rotated the id.
 * - `split`: stores a session of its own, for a request that logs in after another request has rotated the id.
 */
export type WritePlan = 'none' | 'insert' | 'renew' | 'update' | 'rotate' | 'forward' | 'split'

/** The state that the plan depends on, besides the changed properties. */
export interface WriteState {
  /** The row as it was read; `undefined` for a new session. */
  readonly row: object | undefined
  /** The id that the next write gives the session. */
  readonly nextId: string | undefined
  /** Whether another request has rotated the id. */
  readonly isForwarded: boolean
  /** The metadata that change. */
  readonly meta: SessionMeta
  /** Whether the expiry moves in any case. */
  readonly renew: boolean
  /** Whether a new session is stored even if it is empty. */
  readonly wanted: boolean
  /** Whether using the session now moves its expiry. Read only if there is nothing else to write. */
  readonly isRenewalDue: boolean
}

/** Decides how to write a session in this state with these changes. */
export function planWrite(state: WriteState, { byName }: Pick<ChangeSet, 'byName'>): WritePlan {
  const hasChanged = byName.size > 0
  if (!state.row) return hasChanged || state.wanted ? 'insert' : 'none'
  if (state.nextId !== undefined) return state.isForwarded ? 'split' : 'rotate'
  if (hasChanged || state.meta !== noMeta) return state.isForwarded ? 'forward' : 'update'
  return !state.isForwarded && (state.renew || state.isRenewalDue) ? 'renew' : 'none'
}
