import { type Model, type ModelStatic, Op, type WhereOptions } from 'sequelize'
import type { ExpiredRow, PassedRows } from '../core/backend/session-backend.js'
import type { Attempt } from '../model/attempt.js'
import { toDate } from '../model/dates.js'
import type { SessionTable } from '../model/session-table.js'
import { findRows } from './find-rows.js'
import { expiryCondition } from './where.js'

/** How many rows at each end of the order by expiry are looked at for such as cannot be read. */
const mostLookedAt = 100

/** The expired rows of one table, those of ended sessions too. */
export class ExpiredRows {
  readonly #model: ModelStatic<Model>
  readonly #table: SessionTable

  constructor(model: ModelStatic<Model>, table: SessionTable) {
    this.#model = model
    this.#table = table
  }

  /**
   * At most `limit` of them, the oldest expiry first, but not those that were passed. A row without an id was in the table
   * before it became one of sessions: it is the application's.
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
   * Matches those with these ids. MariaDB and MySQL may read, and lock, more than these rows while they are removed: see
   * docs/performance.md.
   */
  where(now: Date, ids: readonly string[]): WhereOptions {
    return { ...expiryCondition(this.#table, true, now), [this.#table.id]: [...ids] } as WhereOptions
  }

  /** Whether one of the first or last rows has an expiry that cannot be read: NULL and what is out of range stand there. */
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
