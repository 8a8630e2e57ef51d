import { Raw } from 'typeorm'
import type { SessionTable } from '../model/session-table.js'
import type { ExpiryCondition } from './types.js'

/**
 * The condition for the rows that are expired at `now`, or for the others: a `where` of TypeORM. The comparison is
 * written out, because TypeORM 0.3 applies a column's transformer to some conditions and not to others.
 */
export function expiryCondition(table: SessionTable, expired: boolean, now: Date): ExpiryCondition {
  const parameter = `session_${expired ? 'expired' : 'active'}_at_${now.getTime()}`
  return compared(table, expired ? '<=' : '>', parameter, now)
}

/** The condition for the rows that expire at `from` or later. */
export function expiresFrom(table: SessionTable, from: Date): ExpiryCondition {
  return compared(table, '>=', 'session_expires_from', from)
}

function compared(table: SessionTable, operator: string, parameter: string, moment: Date): ExpiryCondition {
  const condition = Raw((column) => `${column} ${operator} :${parameter}`, { [parameter]: table.moment(moment) })
  return { [table.expires]: condition } as unknown as ExpiryCondition
}
