import { AsyncResource } from 'node:async_hooks'
import type { RowFilter } from '../backend/session-backend.js'
import type { StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { gone, managerClosed, notStored } from '../errors.js'
import type { EndReason } from '../events.js'
import { isTouchDue } from '../repository/expiry.js'
import { forwardingStays } from '../repository/former-ids.js'
import { type Alarm, realAlarm } from '../repository/forwarding-sweep.js'
import type { RowWatcher } from '../repository/row-watcher.js'
import type { Shared } from '../session/shared.js'
import { mostAtOnce, Round, type RoundTools } from './round.js'
import { Watch } from './watch.js'
import type { SessionWatch, WatchReason } from './watch-types.js'
import { type Found, WatchedRows } from './watched-rows.js'
import { type Registry, WatchedSession } from './watched-session.js'

/** The most that clocks of two processes may differ, in milliseconds, so that no new id is taken for the end of a session. */
const mostClockSkew = 5000
/** The most rows that are listed before they are revoked, to see which of them are watched. */
const mostListed = 1000

/** The sessions of one manager that are watched. */
export class Watches implements RowWatcher, Registry {
  readonly #shared: Shared
  readonly #rows: WatchedRows
  readonly #alarm: Alarm
  /** By the id of the row that each has now. */
  readonly #sessions = new Map<string, WatchedSession>()
  /** By their period, in milliseconds. */
  readonly #rounds = new Map<number, Round>()
  /** The asynchronous context of the reads, which belong to no request. */
  readonly #nobody = new AsyncResource('koa-session-model.watch')
  #isClosed = false
  #isFailing = false

  constructor(shared: Shared, alarm: Alarm = realAlarm) {
    this.#shared = shared
    this.#rows = new WatchedRows(shared)
    this.#alarm = (run, milliseconds) => this.#nobody.runInAsyncScope(alarm, undefined, run, milliseconds)
  }

  /**
   * Watches the session with this row, which is read every so many milliseconds. Rejects with `SESSION_NOT_STORED` if there is
   * no such session, or with `SESSION_GONE` if it `wasOpen`.
   */
  async begin(rowId: string, every: number, wasOpen: boolean): Promise<SessionWatch> {
    this.#shared.repository.watcher = this
    const watch = new Watch()
    const session = this.#add(rowId, every, watch)
    const since = this.#shared.options.now()
    try {
      this.#apply(session, rowId, await this.#rows.follow(rowId), since)
    } catch (error) {
      watch.stop()
      throw error
    }
    if (this.#isClosed) throw managerClosed()
    if (watch.reason !== undefined) throw wasOpen ? gone() : notStored()
    return watch
  }

  /** Hears that this process has deleted a row. */
  ended(rowId: string, reason: EndReason): void {
    const session = this.#sessions.get(rowId)
    if (session) this.#end(session, reason)
  }

  /** Hears that this process has given a row another id. */
  moved(rowId: string, nextRowId: string): void {
    const session = this.#sessions.get(rowId)
    if (!session) return
    this.#move(session, nextRowId)
    session.readAt = this.#shared.options.now()
  }

  /** The watched sessions that a condition may match. */
  async matching(where: RowFilter, deadline: Deadline): Promise<WatchedSession[]> {
    if (this.#sessions.size === 0) return []
    const rows = await this.#shared.repository.listAll(where, mostListed, deadline)
    return rows.length < mostListed ? rows.flatMap(({ id }) => this.#sessions.get(id) ?? []) : this.all
  }

  get all(): WatchedSession[] {
    return [...this.#sessions.values()]
  }

  /** Reads these sessions now, since this process may have revoked them. A failure is reported: their next read is due soon. */
  async check(sessions: readonly WatchedSession[]): Promise<void> {
    for (let from = 0; from < sessions.length; from += mostAtOnce)
      await this.#read(sessions.slice(from, from + mostAtOnce), 'revoked')
  }

  /** Moves the expiry of a session, if that is due. */
  touch(session: WatchedSession): void {
    const { row, isRenewing } = session
    if (!row || isRenewing || !isTouchDue(this.#shared.options, row)) return
    session.isRenewing = true
    void this.#renew(session, row)
      .catch((error: unknown) => this.#shared.events.warnUnheard(error))
      .finally(() => {
        session.isRenewing = false
      })
  }

  forget(session: WatchedSession): void {
    if (this.#sessions.get(session.rowId) === session) this.#sessions.delete(session.rowId)
    const round = this.#rounds.get(session.every)
    round?.delete(session)
    if (round?.isEmpty) this.#rounds.delete(session.every)
  }

  /** Stops watching. No signal is aborted any more. */
  close(): void {
    this.#isClosed = true
    for (const session of this.all) for (const watch of session.takeWatches()) watch.attach(undefined)
    for (const round of this.#rounds.values()) round.stop()
    this.#sessions.clear()
    this.#rounds.clear()
    this.#shared.repository.watcher = undefined
  }

  #add(rowId: string, every: number, watch: Watch): WatchedSession {
    const known = this.#sessions.get(rowId)
    const session = known ?? new WatchedSession(this, rowId, every, this.#shared.options.now())
    session.add(watch)
    if (!known || every < known.every) this.#keep(session, every)
    return session
  }

  /** Reads the session in this period from now on. */
  #keep(session: WatchedSession, every: number): void {
    this.forget(session)
    session.every = every
    this.#sessions.set(session.rowId, session)
    this.#roundOf(every).add(session)
  }

  #roundOf(every: number): Round {
    const { now } = this.#shared.options
    const tools: RoundTools = { now, alarm: this.#alarm, read: (sessions) => this.#read(sessions) }
    const round = this.#rounds.get(every) ?? new Round(every, tools)
    this.#rounds.set(every, round)
    return round
  }

  /** Reads sessions. Resolves to whether the database has answered. */
  async #read(sessions: readonly WatchedSession[], cause?: EndReason): Promise<boolean> {
    const since = this.#shared.options.now()
    const asked = sessions.map((session) => ({ session, rowId: session.rowId }))
    try {
      const found = await this.#rows.read(asked.map(({ rowId }) => rowId))
      for (const { session, rowId } of asked) this.#apply(session, rowId, found.get(rowId), since, cause)
      this.#isFailing = false
      return true
    } catch (error) {
      if (!this.#isFailing) this.#shared.events.warnUnheard(error)
      this.#isFailing = true
      return false
    }
  }

  /** Takes what reading the row `rowId` has shown, unless the session has got another row meanwhile. */
  #apply(session: WatchedSession, rowId: string, found: Found | undefined, since: number, cause?: EndReason): void {
    if (found === undefined || session.rowId !== rowId || !session.isWatched) return
    if (found === 'expired') this.#end(session, found)
    else if (found === 'ended') this.#end(session, this.#reasonOf(session, since, cause))
    else {
      if (found.id !== rowId) this.#move(session, found.id)
      session.take(found, since)
    }
  }

  /** Why a session is gone whose row leads nowhere. Long after it was seen, the forwarding row of a new id may be gone too. */
  #reasonOf({ readAt, row }: WatchedSession, since: number, cause: EndReason | undefined): WatchReason {
    if (since - readAt > forwardingStays(this.#shared.options) - mostClockSkew) return 'lost'
    const isOver = row !== undefined && row.expires.getTime() <= since
    return cause ?? (isOver ? 'expired' : 'ended')
  }

  #end(session: WatchedSession, reason: WatchReason): void {
    const watches = session.takeWatches()
    this.forget(session)
    for (const watch of watches) watch.end(reason)
  }

  /** Notes the new id of a session. If it is watched by that id already, both become one. */
  #move(session: WatchedSession, rowId: string): void {
    const other = this.#sessions.get(rowId)
    this.#sessions.delete(session.rowId)
    session.rowId = rowId
    this.#sessions.set(rowId, session)
    if (!other || other === session) return
    for (const watch of other.takeWatches()) session.add(watch)
    this.forget(other)
    if (other.every < session.every) this.#keep(session, other.every)
  }

  /** Renews a session by the row that is known of it; if that has changed, by the row that it has now. */
  async #renew(session: WatchedSession, row: StoredRow, isRepeated = false): Promise<void> {
    const { repository, events, time, options } = this.#shared
    const since = options.now()
    const renewed = session.rowId === row.id ? await repository.renew(row, time.begin()) : undefined
    if (renewed) {
      events.emit('renewed', row.id, {})
      if (session.rowId === row.id) session.take(renewed, since)
    } else if (!isRepeated && (await this.#read([session])) && session.isWatched) {
      if (session.row && isTouchDue(options, session.row)) await this.#renew(session, session.row, true)
    }
  }
}
