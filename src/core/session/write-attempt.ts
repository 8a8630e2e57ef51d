import type { SessionMeta, StoredRow } from '../codec/session-meta.js'
import type { Deadline } from '../concurrency/deadline.js'
import { cookieTooLate, SessionError } from '../errors.js'
import type { Changes } from '../properties/change-set.js'
import type { Properties } from '../properties/properties.js'
import type { RowContent } from '../repository/row-change.js'
import type { CookieChannel } from './cookie-sink.js'
import type { WritePlan } from './plan-write.js'
import type { Life } from './session-state.js'
import type { Shared } from './shared.js'

/** A plan for the row that the request has read. */
type OwnPlan = Exclude<WritePlan, 'none' | 'forward' | 'split'>

/** Makes one attempt to write a session: each gives back the row as it was written, or nothing if it was not as it was read. */
export class RowChanger {
  readonly #shared: Shared
  readonly #cookie: CookieChannel
  readonly #deadline: Deadline

  constructor(shared: Shared, cookie: CookieChannel, deadline: Deadline) {
    this.#shared = shared
    this.#cookie = cookie
    this.#deadline = deadline
  }

  /** Does what the plan says with the row of the session, and the changes in `properties`. */
  run(plan: OwnPlan, life: Life, properties: Properties, changes: Changes): Promise<StoredRow | undefined> {
    if (plan === 'insert') return this.#insert(life, life.id, properties)
    const row = life.row as StoredRow
    if (plan === 'rotate') return this.#replace(life, row, life.nextId as string, changes)
    return plan === 'renew' ? this.#renew(row) : this.update(row, changes, life.nextMeta, life.renew)
  }

  /** Writes changes to a row. */
  update(
    row: StoredRow,
    { data, columns, byName }: Changes,
    meta: SessionMeta,
    renew = false,
  ): Promise<StoredRow | undefined> {
    const { limit, rows, options } = this.#shared
    const write = (): Promise<StoredRow | undefined> =>
      rows.write(row, { id: undefined, data, columns, meta, renew }, this.#deadline)
    return options.limit ? limit.admit(row.id, byName.get(options.limit.by)?.mine, this.#deadline, write) : write()
  }

  /** A late request that logs in begins a session of its own: what the other one holds by now is not for it. */
  async split(life: Life): Promise<StoredRow | undefined> {
    const { traces } = this.#shared
    const isEnded = async (): Promise<boolean> => typeof (await traces.successorFor(life, this.#deadline)) === 'string'
    const created = await this.#insert(life, life.nextId as string, life.properties, isEnded)
    if (!created) return undefined
    if (life.withoutGrace && life.row) await traces.close(life.row.id, this.#deadline)
    life.split()
    return created
  }

  async #renew(row: StoredRow): Promise<StoredRow | undefined> {
    const renewed = await this.#shared.rows.renew(row, this.#deadline)
    if (renewed) this.#shared.events.emit('renewed', row.id, {})
    return renewed
  }

  /** Stores a new session. One that splits off is ended with that which it comes from, also if that is only now. */
  async #insert(
    life: Life,
    id: string,
    properties: Properties,
    isEnded?: () => Promise<boolean>,
  ): Promise<StoredRow | undefined> {
    const { rows, limit, options, events } = this.#shared
    this.#refuseTooLate(life)
    const columns = properties.columnValues()
    const content = { id: rows.rowId(id), data: properties.text(), columns, meta: life.nextMeta }
    const value = options.limit && properties.get(options.limit.by)
    let isStored = false
    const create = async (): Promise<StoredRow | undefined> => {
      const row = await this.#create(life, content)
      isStored = true
      if (!(await isEnded?.())) return row
      await rows.delete(row.id, this.#deadline)
      return undefined
    }
    const created = await limit.admit(content.id, value, this.#deadline, create).catch(async (error: unknown) => {
      // Nobody will get a cookie for it.
      if (isStored) await rows.delete(content.id, this.#shared.time.begin()).catch(() => {})
      throw error
    })
    if (created) events.emit('created', content.id, {})
    return created
  }

  /** Where the database did not answer, the row may be there: nobody else has made this id. */
  async #create(life: Life, content: RowContent): Promise<StoredRow> {
    const { rows } = this.#shared
    try {
      return await rows.create(content, this.#deadline, !life.hasOwnId)
    } catch (error) {
      const isUncertain = life.hasOwnId && error instanceof SessionError && error.code === 'BACKEND_FAILED'
      const stored = isUncertain ? await rows.findAlive(content.id, this.#deadline).catch(() => undefined) : undefined
      if (stored) return stored
      throw error
    }
  }

  /** Gives the row another id, in the statement that writes the changes. */
  async #replace(life: Life, row: StoredRow, nextId: string, changes: Changes): Promise<StoredRow | undefined> {
    const { rows, traces, events, limit, options } = this.#shared
    this.#refuseTooLate(life)
    const id = rows.rowId(nextId)
    const { data, columns, byName } = changes
    const value = options.limit && byName.get(options.limit.by)?.mine
    const rotation = { row, id: life.id, successor: id, isClosed: life.withoutGrace }
    const written = await limit.admit(row.id, value, this.#deadline, async () => {
      const since = options.now()
      if (!(await traces.leave(rotation, this.#deadline))) return undefined
      const meta = traces.metaAfter(row, life.nextMeta)
      const next = await rows.write(row, { id, data, columns, meta, renew: true }, this.#deadline)
      if (next) await traces.confirm(rotation, since, this.#deadline)
      return next
    })
    if (written) events.emit('rotated', id, { previous: events.nameOf(row.id) })
    return written
  }

  #refuseTooLate(life: Life): void {
    if (this.#cookie.isOpen) return
    life.keepId()
    throw cookieTooLate()
  }
}
