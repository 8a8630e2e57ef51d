import { type Changes, changesSince } from './changes.js'
import { isRenewalDue } from './expiry.js'
import type { Life } from './life.js'
import { Properties } from './properties.js'
import { noMeta, type SessionMeta, type StoredRow } from './record.js'
import { cookieTooLate } from './refusals.js'
import { retry, untilTakenOver, usual } from './retry.js'
import type { Shared } from './shared.js'
import type { GoneReason } from './traces.js'

/** What became of a write: there was nothing to write, it is written, or the session is gone. */
export type Written = 'unchanged' | 'written' | GoneReason

/** Whether the session is not there any more. */
export function isGone(written: Written): written is GoneReason {
  return written === 'ended' || written === 'expired'
}

/** Whether a write found its row as it was read; if not, what is to be made again on the fresh row. */
interface Attempt {
  readonly isWritten: boolean
  replay(): Changes
}

/**
 * Writes what has changed in a life to its row.
 *
 * A new session is inserted. An existing one is updated only if its row still has the version that was read; if not,
 * the row is read again and the changes are made again on it, key by key. A row that is gone stays gone.
 */
export class Writer {
  readonly #shared: Shared
  readonly #canSetCookie: () => boolean

  constructor(shared: Shared, canSetCookie: () => boolean) {
    this.#shared = shared
    this.#canSetCookie = canSetCookie
  }

  /** Writes what has changed. */
  async write(life: Life): Promise<Written> {
    let first: Changes | undefined = life.properties.changes()
    if (!this.#hasWork(life, first)) return 'unchanged'
    const written = await this.#inTurn(life, (waited) =>
      this.#persist(life, waited, async () => {
        const changes = waited || !first ? life.properties.changes() : first
        first = undefined
        return { isWritten: await this.#attempt(life, changes), replay: () => life.properties.changes() }
      }),
    )
    if (isGone(written) && life.row && life.nextId !== undefined) await this.#shared.traces.erase(life.row.id)
    return written
  }

  /**
   * Runs `change` and writes what it changed. If another request was faster, it runs again on the fresh row, so that
   * what it computes from the session is exact.
   */
  async update(life: Life, change: () => Promise<void>): Promise<Written> {
    let refused: Changes | undefined
    return this.#inTurn(life, (waited) =>
      this.#persist(life, waited, async () => {
        if (life.late) {
          if (refused) life.properties.revert(refused)
          refused = undefined
          return { isWritten: await this.#tryChangeLate(life, change), replay: () => life.properties.changes() }
        }
        await this.#run(life, change)
        const changes = life.properties.changes()
        refused = changes
        const isWritten = await this.#attempt(life, changes)
        return { isWritten, replay: () => changesSince(life.properties.changes(), changes) }
      }),
    )
  }

  /** Reads the row again, and makes the changes again on it. Tells why, if it is gone. */
  async readAgain(life: Life, changes?: () => Changes): Promise<GoneReason | undefined> {
    const { traces, rows, options } = this.#shared
    const { row } = life
    if (!row) return undefined
    const fresh = await traces.follow(row.id)
    if (typeof fresh === 'string') return fresh
    life.late = fresh.id !== row.id
    if (life.late) return undefined
    life.properties = changes
      ? life.properties.replay(fresh, changes(), options.merge)
      : new Properties(rows.schema, fresh)
    life.row = fresh
    return undefined
  }

  /** If `change` throws, nothing of what it changed stays. */
  async #run(life: Life, change: () => Promise<void>): Promise<void> {
    const before = life.row ? undefined : life.properties.copy()
    try {
      await change()
    } catch (error) {
      life.properties = before ?? new Properties(this.#shared.rows.schema, life.row)
      throw error
    }
  }

  #hasWork(life: Life, { byName }: Changes): boolean {
    const { row, nextId, meta, renew, late, wanted } = life
    if (byName.size > 0 || nextId !== undefined) return true
    if (!row) return wanted
    return meta !== noMeta || (!late && (renew || isRenewalDue(this.#shared.options, row)))
  }

  #inTurn(life: Life, work: (waited: boolean) => Promise<Written>): Promise<Written> {
    return life.row ? this.#shared.turns.take(life.row.id, work) : work(false)
  }

  /** Attempts until no other request is faster, or the session is gone. */
  async #persist(life: Life, waited: boolean, attempt: () => Promise<Attempt>): Promise<Written> {
    let reason = waited ? await this.readAgain(life, () => life.properties.changes()) : undefined
    if (reason) return reason
    const once = async (): Promise<boolean> => {
      const { isWritten, replay } = await attempt()
      if (isWritten) return true
      this.#shared.events.emit('conflict', life.rowId, {})
      reason = await this.readAgain(life, replay)
      return reason !== undefined
    }
    await retry(once, life.nextId === undefined ? usual : untilTakenOver)
    return reason ?? 'written'
  }

  /** Tells whether nothing is left to be written. */
  async #attempt(life: Life, changes: Changes): Promise<boolean> {
    return !this.#hasWork(life, changes) || (await this.#try(life, changes))
  }

  /** Tells whether the row was as it was read, and so has been written. */
  async #try(life: Life, changes: Changes): Promise<boolean> {
    const { row, nextId, late, renew, meta } = life
    if (!row) return this.#insert(life, life.id, changes)
    if (late) return nextId === undefined ? this.#tryLate(life, changes) : this.#trySplit(life, nextId, changes)
    if (nextId !== undefined) return this.#tryReplace(life, nextId, changes)
    const isTouch = changes.byName.size === 0 && meta === noMeta
    const written = isTouch ? await this.#renew(row) : await this.#update(row, changes, life.nextMeta, renew)
    return this.#accept(life, written, changes, meta)
  }

  async #renew(row: StoredRow): Promise<StoredRow | undefined> {
    const renewed = await this.#shared.rows.renew(row)
    if (renewed) this.#shared.events.emit('renewed', row.id, {})
    return renewed
  }

  /** Stores a new session. One that splits off is ended with that which it comes from, also if that is only now. */
  async #insert(life: Life, id: string, changes: Changes, isEnded?: () => Promise<boolean>): Promise<boolean> {
    const { rows, limit, options, events } = this.#shared
    if (!this.#canSetCookie()) throw cookieTooLate()
    const { properties, meta } = life
    const columns = life.row ? properties.columnValues() : changes.columns
    const content = { id: rows.rowId(id), data: properties.text(), columns, meta: life.nextMeta }
    const value = options.limit && properties.get(options.limit.by)
    const created = await limit.admit(content.id, value, async () => {
      const row = await rows.create(content)
      if (!(await isEnded?.())) return row
      await rows.delete(row.id)
      return undefined
    })
    if (!created) return false
    events.emit('created', content.id, {})
    life.late = false
    return this.#accept(life, created, changes, meta)
  }

  /** Gives the row another id, in the statement that writes the changes. */
  async #tryReplace(life: Life, nextId: string, changes: Changes): Promise<boolean> {
    const { rows, traces, events } = this.#shared
    if (!this.#canSetCookie()) throw cookieTooLate()
    const { meta } = life
    const row = life.row as StoredRow
    const id = rows.rowId(nextId)
    if (!(await traces.leave(row, id))) return false
    const written = await this.#update(row, changes, life.nextMeta, true, id)
    if (written) events.emit('rotated', id, { previous: events.nameOf(row.id) })
    return this.#accept(life, written, changes, meta)
  }

  /** Makes the changes on the row that the session has now. This request goes on seeing what it saw, and what it changed. */
  async #tryLate(life: Life, changes: Changes): Promise<boolean> {
    const { traces, options } = this.#shared
    const { properties, meta } = life
    const row = life.row as StoredRow
    const fresh = await traces.follow(row.id)
    if (typeof fresh === 'string') return false
    const merged = properties.replay(fresh, changes, options.merge).changes()
    const nextMeta = meta === noMeta ? fresh.meta : { ...fresh.meta, ...meta }
    if (!(await this.#update(fresh, merged, nextMeta, false))) return false
    properties.accept(changes)
    life.acceptLate(row, meta)
    return true
  }

  /** Runs `change` on the row that the session has now. */
  async #tryChangeLate(life: Life, change: () => Promise<void>): Promise<boolean> {
    const { traces, rows } = this.#shared
    const [shown, row] = [life.properties, life.row as StoredRow]
    const fresh = await traces.follow(row.id)
    if (typeof fresh === 'string') return false
    const current = new Properties(rows.schema, fresh)
    life.properties = current
    try {
      await change()
      const changes = current.changes()
      const isWritten = changes.byName.size === 0 || (await this.#update(fresh, changes, fresh.meta, false))
      life.properties = shown
      if (isWritten) {
        shown.absorb(changes)
        life.acceptLate(row, noMeta)
      }
      for (const [name, { mine }] of changesSince(current.changes(), changes).byName) shown.set(name, mine)
      return Boolean(isWritten)
    } finally {
      life.properties = shown
    }
  }

  /** A late request that logs in begins a session of its own: what the other one holds by now is not for it. */
  async #trySplit(life: Life, id: string, changes: Changes): Promise<boolean> {
    const { id: former } = life.row as StoredRow
    const isEnded = async (): Promise<boolean> => typeof (await this.#shared.traces.follow(former)) === 'string'
    return !(await isEnded()) && this.#insert(life, id, changes, isEnded)
  }

  #update(
    row: StoredRow,
    { data, columns, byName }: Changes,
    meta: SessionMeta,
    renew: boolean,
    id?: string,
  ): Promise<StoredRow | undefined> {
    const { limit, rows, options } = this.#shared
    const value = options.limit && byName.get(options.limit.by)?.mine
    return limit.admit(row.id, value, () => rows.write(row, { id, data, columns, meta, renew }))
  }

  /** Takes the row as it was written, if it was, for what later changes start from. */
  #accept(life: Life, row: StoredRow | undefined, changes: Changes, meta: SessionMeta): boolean {
    if (!row) return false
    life.accept(row, meta)
    life.properties.accept(changes)
    return true
  }
}
