import { Op, type WhereOptions } from 'sequelize'
import type { SessionTable } from '../model/session-table.js'

/** The condition for the rows that are expired at `now`, or for the others: a `where` of Sequelize. */
export function expiryCondition(table: SessionTable, expired: boolean, now: Date): WhereOptions {
  return { [table.expires]: { [expired ? Op.lte : Op.gt]: table.moment(now) } }
}
