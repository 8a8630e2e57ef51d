import type { SessionMeta, StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { cookieTooLate, SessionError } from '../errors.js'
import type { ChangeSet } from '../properties/change-set.js'
import type { Properties } from '../properties/properties.js'
import { withoutFormer } from '../repository/former-ids.js'
import type { RowContent } from '../repository/row-change.js'
import type { CookieSink } from './cookie-sink.js'
import type { WritePlan } from './plan-write.js'
import type { SessionState } from './session-state.js'
import type { Shared } from './shared.js'

/** A plan that writes to the row that the request read. */
type OwnPlan = Exclude<WritePlan, 'none' | 'forward' | 'split'>

/** Makes single attempts to write a session. Each resolves to the written row, or to `undefined` if the row has changed. */
export class WriteAttempt {
  readonly #shared: Shared
  readonly #cookie: CookieSink
  readonly #deadline: Deadline

  constructor(shared: Shared, cookie: CookieSink, deadline: Deadline) {
    this.#shared = shared
    this.#cookie = cookie
    this.#deadline = deadline
  }

  /** Carries out the plan on the row of the session, with the changes in `properties`. */
  run(plan: OwnPlan, state: SessionState, properties: Properties, changes: ChangeSet): Promise<StoredRow | undefined> {
    if (plan === 'insert') return this.#insert(state, state.id, properties)
    const row = state.row as StoredRow
    if (plan === 'rotate') return this.#replace(state, row, state.nextId as string, changes)
    return plan === 'renew' ? this.#renew(row) : this.update(row, changes, state.nextMeta, state.renew)
  }

  /** Writes changes to a row. */
  update(
    row: StoredRow,
    { data, columns, byName, hasTaken: isExclusive }: ChangeSet,
    meta: SessionMeta,
    renew = false,
  ): Promise<StoredRow | undefined> {
    const { limit, repository, options } = this.#shared
    const write = (): Promise<StoredRow | undefined> =>
      repository.write(row, { id: undefined, data, columns, meta, renew, isExclusive }, this.#deadline)
    return options.limit ? limit.admit(row.id, byName.get(options.limit.by)?.mine, this.#deadline, write) : write()
  }

  /** Stores a separate session for a forwarded request that logs in: it must not see the present content of the other one. */
  async split(state: SessionState): Promise<StoredRow | undefined> {
    const { rotatedIds } = this.#shared
    const isEnded = async (): Promise<boolean> =>
      typeof (await rotatedIds.successorFor(state, this.#deadline)) === 'string'
    const created = await this.#insert(state, state.nextId as string, state.properties, isEnded)
    if (!created) return undefined
    if (state.withoutGrace && state.row) await rotatedIds.close(state.row.id, this.#deadline)
    state.forward(false)
    return created
  }

  async #renew(row: StoredRow): Promise<StoredRow | undefined> {
    const renewed = await this.#shared.repository.renew(row, this.#deadline)
    if (renewed) this.#shared.events.emit('renewed', row.id, {})
    return renewed
  }

  /** Stores a new session. If it splits off from another one that has ended, or ends meanwhile, it is ended too. */
  async #insert(
    state: SessionState,
    id: string,
    properties: Properties,
    isEnded?: () => Promise<boolean>,
  ): Promise<StoredRow | undefined> {
    const { repository, limit, options, events } = this.#shared
    this.#assertCookieOpen(state)
    const columns = properties.columnValues()
    const meta = isEnded ? withoutFormer(state.nextMeta) : state.nextMeta
    const content = { id: repository.rowId(id), data: properties.text(), columns, meta }
    const value = options.limit && properties.get(options.limit.by)
    let isStored = false
    const create = async (): Promise<StoredRow | undefined> => {
      const row = await this.#create(state, content)
      isStored = true
      if (!(await isEnded?.())) return row
      await repository.delete(row.id, this.#deadline)
      return undefined
    }
    const created = await limit.admit(content.id, value, this.#deadline, create).catch(async (error: unknown) => {
      // No response will send a cookie for this row.
      if (isStored) await repository.delete(content.id, this.#shared.time.begin()).catch(() => {})
      throw error
    })
    if (created) {
      events.emit('created', content.id, {})
      this.#tellOfLogin(state, content.id)
    }
    return created
  }

  /** Inserts the row. If the database does not answer, a row with this id can only be from this request. */
  async #create(state: SessionState, content: RowContent): Promise<StoredRow> {
    const { repository } = this.#shared
    try {
      return await repository.create(content, this.#deadline, !state.hasOwnId)
    } catch (error) {
      const isUncertain = state.hasOwnId && error instanceof SessionError && error.code === 'BACKEND_FAILED'
      const stored = isUncertain
        ? await repository.findAlive(content.id, this.#deadline).catch(() => undefined)
        : undefined
      if (stored) return stored
      throw error
    }
  }

  /** Gives the row another id in the statement that writes the changes. */
  async #replace(
    state: SessionState,
    row: StoredRow,
    nextId: string,
    changes: ChangeSet,
  ): Promise<StoredRow | undefined> {
    const { repository, rotatedIds, events, limit, options } = this.#shared
    if (!this.#cookie.isOpen && state.meta.authenticatedAt === undefined) return this.#keep(state)
    this.#assertCookieOpen(state)
    const id = repository.rowId(nextId)
    const { data, columns, byName } = changes
    const value = options.limit && byName.get(options.limit.by)?.mine
    const rotation = { row, id: state.id, successor: id, isClosed: state.withoutGrace }
    const written = await limit.admit(row.id, value, this.#deadline, async () => {
      const since = options.now()
      if (!(await rotatedIds.insertForwarding(rotation, this.#deadline))) return undefined
      const meta = rotatedIds.metaAfter(row, state.nextMeta)
      const next = await repository.write(row, { id, data, columns, meta, renew: true }, this.#deadline)
      if (next) await rotatedIds.confirm(rotation, since, this.#deadline)
      return next
    })
    if (written) {
      if (events.isHeard('rotated')) events.emit('rotated', id, { previous: events.nameOf(row.id) })
      repository.watcher?.moved(row.id, id)
      this.#tellOfLogin(state, id)
    }
    return written
  }

  /** Reports a login that was written. A session whose id was only adopted did not log in. */
  #tellOfLogin({ meta }: SessionState, rowId: string): void {
    if (meta.authenticatedAt !== undefined) this.#shared.events.emit('authenticated', rowId, {})
  }

  /** Keeps the id of a session that was only adopted, not logged in: the next attempt writes to its row. */
  #keep(state: SessionState): undefined {
    state.keepId()
    return undefined
  }

  #assertCookieOpen(state: SessionState): void {
    if (this.#cookie.isOpen) return
    state.keepId()
    throw cookieTooLate()
  }
}
