import { isTransient } from '../backend/backend-error.js'
import { noMeta, type SessionMeta, type StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { Turn } from '../concurrency/mutex.js'
import { type Patience, retry, untilTakenOver, usual } from '../concurrency/retry.js'
import type { GoneReason } from '../events.js'
import type { ChangeSet } from '../properties/change-set.js'
import { Properties } from '../properties/properties.js'
import { isTraced, trace } from '../tracing.js'
import type { CookieSink } from './cookie-sink.js'
import { planWrite } from './plan-write.js'
import type { SessionState } from './session-state.js'
import type { Shared } from './shared.js'
import { WriteAttempt } from './write-attempt.js'

/** The outcome of a write: it is written, or the session is gone for a reason. */
export type Written = 'written' | GoneReason

/** Whether the outcome is that the session is gone. */
export function isGone(written: Written): written is GoneReason {
  return written !== 'written'
}

/**
 * Writes the changes of a request to the row of the session, by optimistic locking.
 *
 * A new session is inserted. An existing one is updated only if its row still has the version that was read. If not, the
 * row is read again and the changes are repeated on it, key by key. A row that is gone is not restored.
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

  /** Writes the changes: `changes`, if no other write is running. After the last write, defaults are not read. */
  write(state: SessionState, changes: ChangeSet, isLast: boolean): Promise<Written> {
    const write = (): Promise<Written> => this.#write(state, changes, isLast)
    return isTraced('commit') ? this.#traced(state, write) : write()
  }

  #traced(state: SessionState, work: () => Promise<Written>): Promise<Written> {
    const { options, events } = this.#shared
    return trace('commit', { key: options.key, session: events.nameOf(state.rowId) }, async (message) => {
      const written = await work()
      message.outcome = isGone(written) ? 'gone' : 'written'
      return written
    })
  }

  async #write(state: SessionState, changes: ChangeSet, isLast: boolean): Promise<Written> {
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
    if (hasForwardingRow && state.row) await this.#shared.rotatedIds.deleteForwarding(state.row.id, this.#deadline)
    return isLast || isGone(written) || !state.lacksDefaults ? written : this.#readDefaults(state)
  }

  /** Reads the defaults that only the database knew before the write. If that fails, the next request reads them. */
  async #readDefaults(state: SessionState): Promise<Written> {
    return (await this.#readMerging(state).catch(() => undefined)) ?? 'written'
  }

  /**
   * Runs `change` on separate properties and writes its changes. If another request wrote meanwhile, `change` runs again on
   * the fresh row, so its result is exact. If it throws, or the write fails, none of its changes stays.
   */
  update(state: SessionState, change: (properties: Properties) => Promise<void>): Promise<Written> {
    const update = (): Promise<Written> => this.#update(state, change)
    return isTraced('commit') ? this.#traced(state, update) : update()
  }

  async #update(state: SessionState, change: (properties: Properties) => Promise<void>): Promise<Written> {
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
          state.properties.attachHandedOutOf(properties)
        }
      }),
    )
    return isGone(written) || !state.lacksDefaults ? written : this.#readDefaults(state)
  }

  /** Reads the row again and drops the changes. Resolves to a reason if the session is gone. */
  reload(state: SessionState): Promise<GoneReason | undefined> {
    state.revert()
    return this.readAgain(state)
  }

  /** Reads the row again and repeats the changes on it. Resolves to a reason if the session is gone. */
  async readAgain(state: SessionState, changes?: () => ChangeSet): Promise<GoneReason | undefined> {
    const { rotatedIds, repository, options } = this.#shared
    const { row } = state
    if (!row) return undefined
    const fresh = await rotatedIds.successorFor(state, this.#deadline)
    if (typeof fresh === 'string') return fresh
    const hasSameId = fresh.id === row.id || fresh.id === repository.rowId(state.id) // the latter after `rehash`
    if (!hasSameId) state.forward()
    if (state.isForwarded) return undefined
    const before = state.properties
    const next = changes ? before.replay(fresh, changes(), options.merge) : new Properties(repository.schema, fresh)
    next.attachObjectsOf(before)
    state.rebase(fresh, next)
    return undefined
  }

  #inTurn(state: SessionState, work: (waited: boolean, turn: Turn) => Promise<Written>): Promise<Written> {
    return state.row ? this.#shared.mutex.take(state.row.id, this.#deadline, work) : work(false, new Turn())
  }

  /** Repeats `attempt` until it succeeds or the session is gone. */
  async #persist(state: SessionState, waited: boolean, attempt: () => Promise<boolean>): Promise<Written> {
    const patience = state.nextId === undefined ? usual : untilTakenOver
    if (waited) return (await this.#readMerging(state)) ?? this.#persistOn(state, attempt, patience, 0)
    if (await attempt()) return 'written' // fast path: no conflict
    return (await this.#readAfterConflict(state)) ?? this.#persistOn(state, attempt, patience, 1)
  }

  /** Repeats `attempt` on the row that was read again, after `made` earlier attempts. */
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

  /** Tries to write once. Resolves to `false` if the row has changed since it was read. */
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

  /** Tries once to write the changes of the function of `update()`, which it made in `properties`. */
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

  /** Splits off a session for a forwarded request that logs in inside `update()`: its changes go into the new session. */
  async #trySplitting(state: SessionState, properties: Properties, changes: ChangeSet): Promise<boolean> {
    state.properties.absorb(changes, properties)
    return this.#try(state, state.properties.changes())
  }

  /** Repeats the changes on the row that the session has now. This request still sees its own row, with its changes. */
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

/** Ignores a temporary failure to renew the session of a request that only reads: the next request renews it. */
function unlessTransient(error: unknown): Written {
  if (isTransient(error)) return 'written'
  throw error
}
