import { isTransient } from '../backend/backend-error.js'
import { noMeta, type SessionMeta, type StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { Turn } from '../concurrency/mutex.js'
import { type Patience, retry, untilTakenOver, usual } from '../concurrency/retry.js'
import type { GoneReason } from '../events.js'
import type { ChangeSet } from '../properties/change-set.js'
import { Properties } from '../properties/properties.js'
import type { CookieSink } from './cookie-sink.js'
import { planWrite } from './plan-write.js'
import type { SessionState } from './session-state.js'
import type { Shared } from './shared.js'
import { WriteAttempt } from './write-attempt.js'

/** What became of a write: it is written, or the session is gone. */
export type Written = 'written' | GoneReason

/** Whether the session is not there any more. */
export function isGone(written: Written): written is GoneReason {
  return written !== 'written'
}

/**
 * Writes what a request has changed in a session to its row: the optimistic-locking loop.
 *
 * A new session is inserted. An existing one is updated only if its row still has the version that was read; if not,
 * the row is read again and the changes are made again on it, key by key. A row that is gone stays gone.
 */
export class SessionWriter {
  readonly #shared: Shared
  readonly #attempt: WriteAttempt
  readonly #deadline: Deadline

  constructor(shared: Shared, cookie: CookieSink, deadline: Deadline) {
    this.#shared = shared
    this.#attempt = new WriteAttempt(shared, cookie, deadline)
    this.#deadline = deadline
  }

  /** Writes what has changed: `changes`, if nobody else is writing. Nobody looks at what is read after the last write. */
  async write(state: SessionState, changes: ChangeSet, isLast: boolean): Promise<Written> {
    let known: ChangeSet | undefined = changes
    const isRenewal = planWrite(state, changes) === 'renew' && !state.renew
    const writing = this.#inTurn(state, (waited) =>
      this.#persist(state, waited, () => {
        const changes = waited || !known ? state.properties.changes() : known
        known = undefined
        return this.#try(state, changes)
      }),
    )
    const written = await (isRenewal ? writing.catch(unlessTransient) : writing)
    const hasForwardingRow = isGone(written) && written !== 'replaced' && state.nextId !== undefined
    if (hasForwardingRow && state.row) await this.#shared.rotatedIds.erase(state.row.id, this.#deadline)
    return isLast || isGone(written) || !state.lacksDefaults ? written : this.#readDefaults(state)
  }

  /** Reads what only the database knew before the row was written. If that fails, the next request reads it. */
  async #readDefaults(state: SessionState): Promise<Written> {
    return (await this.#readMerging(state).catch(() => undefined)) ?? 'written'
  }

  /**
   * Runs `change` on properties of its own, and writes what it changed. If another request was faster, it runs again on
   * the fresh row, so that what it computes from the session is exact. If it throws, or cannot be written, nothing of
   * what it changed stays.
   */
  async update(state: SessionState, change: (properties: Properties) => Promise<void>): Promise<Written> {
    const written = await this.#inTurn(state, (waited, turn) =>
      this.#persist(state, waited, async () => {
        const row = state.isForwarded ? await this.#successor(state) : state.row
        if (state.isForwarded && !row) return false
        const properties = new Properties(this.#shared.repository.schema, row)
        try {
          turn.isInApplication = true
          await change(properties)
          turn.isInApplication = false
          return await this.#tryUpdate(state, row, properties)
        } finally {
          state.properties.takeHeld(properties)
        }
      }),
    )
    return isGone(written) || !state.lacksDefaults ? written : this.#readDefaults(state)
  }

  /** Reads the row again, and forgets what has changed in it. Tells why, if it is gone. */
  reload(state: SessionState): Promise<GoneReason | undefined> {
    state.revert()
    return this.readAgain(state)
  }

  /** Reads the row again, and makes the changes again on it. Tells why, if it is gone. */
  async readAgain(state: SessionState, changes?: () => ChangeSet): Promise<GoneReason | undefined> {
    const { rotatedIds, repository, options } = this.#shared
    const { row } = state
    if (!row) return undefined
    const fresh = await rotatedIds.successorFor(state, this.#deadline)
    if (typeof fresh === 'string') return fresh
    if (fresh.id !== row.id) state.forward()
    if (state.isForwarded) return undefined
    const before = state.properties
    const next = changes ? before.replay(fresh, changes(), options.merge) : new Properties(repository.schema, fresh)
    next.holdOn(before)
    state.rebase(fresh, next)
    return undefined
  }

  #inTurn(state: SessionState, work: (waited: boolean, turn: Turn) => Promise<Written>): Promise<Written> {
    return state.row ? this.#shared.mutex.take(state.row.id, this.#deadline, work) : work(false, new Turn())
  }

  /** Attempts until no other request is faster, or the session is gone. */
  async #persist(state: SessionState, waited: boolean, attempt: () => Promise<boolean>): Promise<Written> {
    const patience = state.nextId === undefined ? usual : untilTakenOver
    if (waited) return (await this.#readMerging(state)) ?? this.#persistOn(state, attempt, patience, 0)
    if (await attempt()) return 'written' // as most are
    return (await this.#readAfterConflict(state)) ?? this.#persistOn(state, attempt, patience, 1)
  }

  /** Attempts on the row as it was read again, after `made` earlier attempts. */
  async #persistOn(
    state: SessionState,
    attempt: () => Promise<boolean>,
    patience: Patience,
    made: number,
  ): Promise<Written> {
    let reason: GoneReason | undefined
    const once = async (): Promise<boolean> => {
      if (await attempt()) return true
      reason = await this.#readAfterConflict(state)
      return reason !== undefined
    }
    await retry(once, this.#deadline, patience, made)
    return reason ?? 'written'
  }

  #readAfterConflict(state: SessionState): Promise<GoneReason | undefined> {
    this.#shared.events.emit('conflict', state.rowId, {})
    return this.#readMerging(state)
  }

  #readMerging(state: SessionState): Promise<GoneReason | undefined> {
    return this.readAgain(state, () => state.properties.changes())
  }

  /** Tells whether the row was as it was read, and so has been written. */
  async #try(state: SessionState, changes: ChangeSet): Promise<boolean> {
    const plan = planWrite(state, changes)
    if (plan === 'none') return true
    const { meta, properties } = state
    const isForwarded = plan === 'forward' || plan === 'split'
    const written = isForwarded
      ? await this.#tryForwarded(plan, state, changes)
      : await this.#attempt.run(plan, state, properties, changes)
    if (!written) return false
    properties.accept(changes)
    this.#accept(state, written, meta)
    return true
  }

  /** Attempts to write what the function of `update()` has changed, in properties of its own. */
  async #tryUpdate(state: SessionState, row: StoredRow | undefined, properties: Properties): Promise<boolean> {
    const { meta } = state
    const changes = properties.changes()
    const plan = planWrite(state, changes)
    if (plan === 'none') {
      state.properties.absorb(changes, properties)
      return true
    }
    if (plan === 'split') return this.#trySplitting(state, properties, changes)
    const written =
      plan === 'forward'
        ? await this.#attempt.update(row as StoredRow, changes, metaAfter(row as StoredRow, meta))
        : await this.#attempt.run(plan, state, properties, changes)
    if (!written) return false
    state.properties.absorb(changes, properties)
    this.#accept(state, written, meta)
    return true
  }

  /** Splits a forwarded request that logs in inside of `update()`: its changes go into its own session. */
  async #trySplitting(state: SessionState, properties: Properties, changes: ChangeSet): Promise<boolean> {
    state.properties.absorb(changes, properties)
    return this.#try(state, state.properties.changes())
  }

  /** Makes the changes on the row that the session has now. This request goes on seeing what it saw, and what it changed. */
  async #tryForwarded(
    plan: 'forward' | 'split',
    state: SessionState,
    changes: ChangeSet,
  ): Promise<StoredRow | undefined> {
    const { properties, meta } = state
    const fresh = await this.#successor(state)
    if (!fresh) return undefined
    if (plan === 'split') return this.#attempt.split(state)
    const merged = properties.replay(fresh, changes, this.#shared.options.merge).changes()
    return this.#attempt.update(fresh, merged, metaAfter(fresh, meta))
  }

  async #successor(state: SessionState): Promise<StoredRow | undefined> {
    const fresh = await this.#shared.rotatedIds.successorFor(state, this.#deadline)
    return typeof fresh === 'string' ? undefined : fresh
  }

  #accept(state: SessionState, row: StoredRow, meta: SessionMeta): void {
    if (state.isForwarded) state.acceptForwarded(row, meta)
    else state.accept(row, meta)
  }
}

function metaAfter(row: StoredRow, meta: SessionMeta): SessionMeta {
  return meta === noMeta ? row.meta : { ...row.meta, ...meta }
}

/** A request that only reads needs no renewal: the next one renews. */
function unlessTransient(error: unknown): Written {
  if (isTransient(error)) return 'written'
  throw error
}
