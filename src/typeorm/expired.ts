import { LessThanOrEqual, MoreThan, type ObjectLiteral } from 'typeorm'
import type { SessionEntity } from './entity.js'

/** The condition for the rows that are expired at `now`, or for the others, for a `where` of TypeORM. */
export function expiryCondition({ properties, dates }: SessionEntity, expired: boolean, now: Date): ObjectLiteral {
  const moment = dates.expires.toColumn(now)
  return { [properties.expires]: expired ? LessThanOrEqual(moment) : MoreThan(moment) }
}
