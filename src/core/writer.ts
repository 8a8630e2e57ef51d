import { isTransient } from './backend-error.js'
import type { Changes } from './changes.js'
import type { CookieChannel } from './cookie-channel.js'
import type { Deadline } from './deadline.js'
import type { Life } from './life.js'
import { Properties } from './properties.js'
import { noMeta, type SessionMeta, type StoredRow } from './record.js'
import { type Patience, retry, untilTakenOver, usual } from './retry.js'
import { RowChanger } from './row-changer.js'
import type { Shared } from './shared.js'
import type { GoneReason } from './traces.js'
import { Turn } from './turns.js'

/** What became of a write: it is written, or the session is gone. */
export type Written = 'written' | GoneReason

/** Whether the session is not there any more. */
export function isGone(written: Written): written is GoneReason {
  return written !== 'written'
}

/**
 * Writes what has changed in a life to its row.
 *
 * A new session is inserted. An existing one is updated only if its row still has the version that was read; if not,
 * the row is read again and the changes are made again on it, key by key. A row that is gone stays gone.
 */
export class Writer {
  readonly #shared: Shared
  readonly #rows: RowChanger
  readonly #deadline: Deadline

  constructor(shared: Shared, cookie: CookieChannel, deadline: Deadline) {
    this.#shared = shared
    this.#rows = new RowChanger(shared, cookie, deadline)
    this.#deadline = deadline
  }

  /** Writes what has changed: `changes`, if nobody else is writing. Nobody looks at what is read after the last write. */
  async write(life: Life, changes: Changes, isLast: boolean): Promise<Written> {
    let known: Changes | undefined = changes
    const isRenewal = life.isRenewal(changes)
    const writing = this.#inTurn(life, (waited) =>
      this.#persist(life, waited, () => {
        const changes = waited || !known ? life.properties.changes() : known
        known = undefined
        return life.hasWork(changes) ? this.#try(life, changes) : Promise.resolve(true)
      }),
    )
    const written = await (isRenewal ? writing.catch(unlessTransient) : writing)
    const hasLeftTrace = isGone(written) && written !== 'replaced' && life.nextId !== undefined
    if (hasLeftTrace && life.row) await this.#shared.traces.erase(life.row.id, this.#deadline)
    return isLast || isGone(written) || !life.lacksDefaults ? written : this.#readDefaults(life)
  }

  /** Reads what only the database knew before the row was written. If that fails, the next request reads it. */
  async #readDefaults(life: Life): Promise<Written> {
    return (await this.#readMerging(life).catch(() => undefined)) ?? 'written'
  }

  /**
   * Runs `change` on properties of its own, and writes what it changed. If another request was faster, it runs again on
   * the fresh row, so that what it computes from the session is exact. If it throws, or cannot be written, nothing of
   * what it changed stays.
   */
  async update(life: Life, change: (properties: Properties) => Promise<void>): Promise<Written> {
    const written = await this.#inTurn(life, (waited, turn) =>
      this.#persist(life, waited, async () => {
        const row = life.late ? await this.#successor(life) : life.row
        if (life.late && !row) return false
        const properties = new Properties(this.#shared.rows.schema, row)
        try {
          turn.isInApplication = true
          await change(properties)
          turn.isInApplication = false
          return await this.#tryUpdate(life, row, properties)
        } finally {
          life.properties.takeHeld(properties)
        }
      }),
    )
    return isGone(written) || !life.lacksDefaults ? written : this.#readDefaults(life)
  }

  /** Reads the row again, and forgets what has changed in it. Tells why, if it is gone. */
  reload(life: Life): Promise<GoneReason | undefined> {
    life.revert()
    return this.readAgain(life)
  }

  /** Reads the row again, and makes the changes again on it. Tells why, if it is gone. */
  async readAgain(life: Life, changes?: () => Changes): Promise<GoneReason | undefined> {
    const { traces, rows, options } = this.#shared
    const { row } = life
    if (!row) return undefined
    const fresh = await traces.successorFor(life, this.#deadline)
    if (typeof fresh === 'string') return fresh
    life.late ||= fresh.id !== row.id
    if (life.late) return undefined
    const before = life.properties
    const next = changes ? before.replay(fresh, changes(), options.merge) : new Properties(rows.schema, fresh)
    next.holdOn(before)
    life.properties = next
    life.row = fresh
    return undefined
  }

  #inTurn(life: Life, work: (waited: boolean, turn: Turn) => Promise<Written>): Promise<Written> {
    return life.row ? this.#shared.turns.take(life.row.id, this.#deadline, work) : work(false, new Turn())
  }

  /** Attempts until no other request is faster, or the session is gone. */
  async #persist(life: Life, waited: boolean, attempt: () => Promise<boolean>): Promise<Written> {
    const patience = life.nextId === undefined ? usual : untilTakenOver
    if (waited) return (await this.#readMerging(life)) ?? this.#persistOn(life, attempt, patience, 0)
    if (await attempt()) return 'written' // as most are
    return (await this.#readAfterConflict(life)) ?? this.#persistOn(life, attempt, patience, 1)
  }

  /** The same, on the row as it was read again, where so many attempts have been made. */
  async #persistOn(life: Life, attempt: () => Promise<boolean>, patience: Patience, made: number): Promise<Written> {
    let reason: GoneReason | undefined
    const once = async (): Promise<boolean> => {
      if (await attempt()) return true
      reason = await this.#readAfterConflict(life)
      return reason !== undefined
    }
    await retry(once, this.#deadline, patience, made)
    return reason ?? 'written'
  }

  #readAfterConflict(life: Life): Promise<GoneReason | undefined> {
    this.#shared.events.emit('conflict', life.rowId, {})
    return this.#readMerging(life)
  }

  #readMerging(life: Life): Promise<GoneReason | undefined> {
    return this.readAgain(life, () => life.properties.changes())
  }

  /** Tells whether the row was as it was read, and so has been written. */
  async #try(life: Life, changes: Changes): Promise<boolean> {
    const { row, late, meta, properties } = life
    const written = late ? await this.#tryLate(life, changes) : await this.#rows.change(life, row, properties, changes)
    if (!written) return false
    properties.accept(changes)
    this.#accept(life, written, meta)
    return true
  }

  /** The same for what `update()` has changed in properties of its own. */
  async #tryUpdate(life: Life, row: StoredRow | undefined, properties: Properties): Promise<boolean> {
    const { meta, nextId, late } = life
    const changes = properties.changes()
    if (!life.hasWork(changes)) {
      life.properties.absorb(changes, properties)
      return true
    }
    if (late && nextId !== undefined) return this.#trySplitting(life, properties, changes)
    const written =
      late && row
        ? await this.#rows.update(row, changes, meta === noMeta ? row.meta : { ...row.meta, ...meta })
        : await this.#rows.change(life, row, properties, changes)
    if (!written) return false
    life.properties.absorb(changes, properties)
    this.#accept(life, written, meta)
    return true
  }

  /** A late request that logs in inside of `update()`: what it changed is in its own session then. */
  async #trySplitting(life: Life, properties: Properties, changes: Changes): Promise<boolean> {
    life.properties.absorb(changes, properties)
    return this.#try(life, life.properties.changes())
  }

  /** Makes the changes on the row that the session has now. This request goes on seeing what it saw, and what it changed. */
  async #tryLate(life: Life, changes: Changes): Promise<StoredRow | undefined> {
    const { properties, meta, nextId } = life
    const fresh = await this.#successor(life)
    if (!fresh) return undefined
    if (nextId !== undefined) return this.#rows.split(life, nextId)
    const merged = properties.replay(fresh, changes, this.#shared.options.merge).changes()
    return this.#rows.update(fresh, merged, meta === noMeta ? fresh.meta : { ...fresh.meta, ...meta })
  }

  async #successor(life: Life): Promise<StoredRow | undefined> {
    const fresh = await this.#shared.traces.successorFor(life, this.#deadline)
    return typeof fresh === 'string' ? undefined : fresh
  }

  #accept(life: Life, row: StoredRow, meta: SessionMeta): void {
    if (life.late) life.acceptLate(row, meta)
    else life.accept(row, meta)
  }
}

/** A request that only reads needs no renewal: the next one renews. */
function unlessTransient(error: unknown): Written {
  if (isTransient(error)) return 'written'
  throw error
}
