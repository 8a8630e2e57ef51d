import { Model, type Sequelize } from 'sequelize-typescript'
import { refuseNoTableName } from '../model/misplaced.js'
import { SessionModel } from '../model/session-model.js'
import { registerSessionModel } from './register.js'
import type { BaseModelClass, ModelClass, SessionModelClass } from './types.js'

/**
 * A session model without columns of its own, mapped into the Sequelize instance. Its name there is the table's.
 *
 * @param tableName The table. Default `'session'`.
 */
export function createSessionModel(sequelize: Sequelize, tableName?: string): SessionModelClass<typeof Model>
/** A session model without columns of its own, mapped onto a base model. */
export function createSessionModel<Base extends BaseModelClass>(
  base: Base,
  tableName?: string,
): SessionModelClass<typeof Model, Base>
export function createSessionModel(registry: Sequelize | BaseModelClass, tableName = 'session'): unknown {
  refuseNoTableName(registry, tableName)
  const Session = { [tableName]: class extends Model {} }[tableName] as ModelClass
  SessionModel({ tableName })(Session)
  return registerSessionModel(registry as Sequelize, Session)
}
