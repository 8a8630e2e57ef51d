import type { DataSource } from 'typeorm'
import type { AbstractConstructor, Constructor } from '../model/metadata.js'
import { refuseNoTableName } from '../model/misplaced.js'
import { SessionModel } from '../model/session-model.js'
import { registerSessionModel } from './register.js'
import type { SessionEntityClass } from './types.js'

/**
 * A session model without columns of its own, mapped into the data source.
 *
 * @param tableName The table. Default `'session'`.
 */
export function createSessionModel(dataSource: DataSource, tableName?: string): SessionEntityClass<Constructor>
/** A session model without columns of its own, mapped onto a base entity. */
export function createSessionModel<Base extends AbstractConstructor>(
  base: Base,
  tableName?: string,
): SessionEntityClass<Constructor, Base>
export function createSessionModel(registry: DataSource | AbstractConstructor, tableName = 'session'): unknown {
  refuseNoTableName(registry, tableName)
  class Session {}
  SessionModel({ tableName })(Session)
  return registerSessionModel(registry as DataSource, Session)
}
