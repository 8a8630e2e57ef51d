import { In, IsNull, Not, type ObjectLiteral, type QueryRunner, type SelectQueryBuilder } from 'typeorm'
import type { ExpiredRow, PassedRows } from '../core/backend/session-backend.js'
import { toDate } from '../model/dates.js'
import type { Constructor } from '../model/metadata.js'
import type { SessionTable } from '../model/session-table.js'
import { momentOf } from './raw-moment.js'
import { expiresFrom, expiryCondition } from './where.js'

/** The number of rows at each end of the order by expiry that are searched for unreadable ones. */
const mostLookedAt = 100

/** The expired rows of one table in one data source, soft-deleted ones too. */
export class ExpiredRows {
  readonly #entity: Constructor
  readonly #table: SessionTable

  constructor(entity: Constructor, table: SessionTable) {
    this.#entity = entity
    this.#table = table
  }

  /**
   * Finds at most `limit` expired rows, the oldest expiry first, without those that were passed. Rows without an id are
   * left out: they were in the table before it became one of sessions.
   */
  find(runner: QueryRunner, now: Date, limit: number, { from, except }: PassedRows): Promise<ExpiredRow[]> {
    const select = this.#select(runner, 'ASC', limit).where(expiryCondition(this.#table, true, now))
    const { id } = this.#table
    const column = runner.connection.getMetadata(this.#entity).findColumnWithPropertyName(id)
    if (column?.isNullable) select.andWhere({ [id]: Not(IsNull()) })
    if (from) select.andWhere(expiresFrom(this.#table, from))
    if (except.length > 0) select.andWhere({ [id]: Not(In([...except])) })
    return this.#rows(runner, select)
  }

  /**
   * Removes the expired rows with these ids, and returns how many. MariaDB and MySQL may read more rows, and lock what they
   * read for as long as the statement takes: see docs/performance.md.
   */
  async delete({ manager }: QueryRunner, now: Date, ids: readonly string[]): Promise<number> {
    const expired = { ...expiryCondition(this.#table, true, now), [this.#table.id]: In([...ids]) }
    const { affected } = await manager.createQueryBuilder().delete().from(this.#entity).where(expired).execute()
    return affected ?? 0
  }

  /** Whether one of the first or last rows has an expiry that cannot be read: NULL and values out of range are sorted there. */
  async hasUnreadable(runner: QueryRunner): Promise<boolean> {
    for (const order of ['ASC', 'DESC'] as const) {
      const rows = await this.#rows(runner, this.#select(runner, order, mostLookedAt))
      if (rows.some(({ expires }) => Number.isNaN(expires.getTime()))) return true
    }
    return false
  }

  #select({ manager }: QueryRunner, order: 'ASC' | 'DESC', limit: number): SelectQueryBuilder<ObjectLiteral> {
    const { id, expires } = this.#table
    return manager
      .createQueryBuilder(this.#entity as Constructor<ObjectLiteral>, 'session')
      .select(`session.${id}`, 'id')
      .addSelect(`session.${expires}`, 'expires')
      .withDeleted()
      .cache(false)
      .orderBy(`session.${expires}`, order)
      .limit(limit)
  }

  async #rows({ connection }: QueryRunner, select: SelectQueryBuilder<ObjectLiteral>): Promise<ExpiredRow[]> {
    const column = connection.getMetadata(this.#entity).findColumnWithPropertyName(this.#table.expires)
    const rows = await select.getRawMany<{ id: string; expires: unknown }>()
    return rows.map(({ id, expires }) => ({
      id,
      expires: toDate(column ? momentOf(connection, expires, column) : expires),
    }))
  }
}
