import { type Model, type ModelStatic, Op, type WhereOptions } from 'sequelize'
import type { ExpiredRow, PassedRows } from '../core/backend/session-backend.js'
import type { Attempt } from '../model/attempt.js'
import { toDate } from '../model/dates.js'
import type { SessionTable } from '../model/session-table.js'
import { findRows } from './find-rows.js'
import { expiryCondition } from './where.js'

/** The number of rows at each end of the order by expiry that are searched for unreadable ones. */
const mostLookedAt = 100

/** The expired rows of one table, soft-deleted ones too. */
export class ExpiredRows {
  readonly #model: ModelStatic<Model>
  readonly #table: SessionTable

  constructor(model: ModelStatic<Model>, table: SessionTable) {
    this.#model = model
    this.#table = table
  }

  /**
   * Finds at most `limit` expired rows, the oldest expiry first, without those that were passed. Rows without an id are
   * left out: they were in the table before it became one of sessions.
   */
  find(attempt: Attempt, now: Date, limit: number, { from, except }: PassedRows): Promise<ExpiredRow[]> {
    const { id, expires } = this.#table
    const conditions: WhereOptions[] = [expiryCondition(this.#table, true, now)]
    if (this.#model.getAttributes()[id]?.allowNull) conditions.push({ [id]: { [Op.ne]: null } })
    if (from) conditions.push({ [expires]: { [Op.gte]: this.#table.moment(from) } })
    if (except.length > 0) conditions.push({ [id]: { [Op.notIn]: [...except] } })
    return this.#rows(attempt, { [Op.and]: conditions }, 'ASC', limit)
  }

  /**
   * The condition for the expired rows with these ids. MariaDB and MySQL may read, and lock, more rows while they remove
   * them: see docs/performance.md.
   */
  where(now: Date, ids: readonly string[]): WhereOptions {
    return { ...expiryCondition(this.#table, true, now), [this.#table.id]: [...ids] } as WhereOptions
  }

  /** Whether one of the first or last rows has an expiry that cannot be read: NULL and values out of range are sorted there. */
  async hasUnreadable(attempt: Attempt): Promise<boolean> {
    for (const order of ['ASC', 'DESC'] as const) {
      const rows = await this.#rows(attempt, {}, order, mostLookedAt)
      if (rows.some(({ expires }) => Number.isNaN(expires.getTime()))) return true
    }
    return false
  }

  async #rows(attempt: Attempt, where: object, order: 'ASC' | 'DESC', limit: number): Promise<ExpiredRow[]> {
    const { id, expires } = this.#table
    const find = { attributes: [id, expires], order: [[expires, order]] as const, limit, paranoid: false }
    const records = await findRows(this.#model, attempt, where, find)
    return records.map((record) => ({ id: String(record[id]), expires: toDate(record[expires]) }))
  }
}
