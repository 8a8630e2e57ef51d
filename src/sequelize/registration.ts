import type { Model, ModelStatic } from 'sequelize'
import { SessionError } from '../core/errors.js'
import { type ModelMapping, mappingOf } from '../model/mapping.js'
import type { SessionTable } from '../model/session-table.js'

/** What `registerSessionModel` knows of a model. */
export interface RegisteredSequelizeModel extends ModelMapping {
  /** The class that is initialized: in repository mode not the model itself. `BACKEND_FAILED` while there is none. */
  model(): ModelStatic<Model>
  /** Which attribute plays which role. `BACKEND_FAILED` while the model is in no Sequelize instance. */
  table(): SessionTable
}

/** The registration of the class, or `MODEL_NOT_REGISTERED`. */
export function registrationOf(model: object): RegisteredSequelizeModel {
  const mapping = mappingOf(model)
  if ('table' in mapping && 'model' in mapping) return mapping as RegisteredSequelizeModel
  throw new SessionError(
    'MODEL_NOT_REGISTERED',
    'The session model is registered with another ORM. Pass it to registerSessionModel of koa-session-model/sequelize.',
  )
}

/** The error while a model on a base class is in no Sequelize instance. */
export function noSequelize(model: { readonly name: string }): SessionError {
  return new SessionError(
    'BACKEND_FAILED',
    `The session model ${model.name} is in no Sequelize instance yet. Add it with sequelize.addModels([…]) before the first use.`,
  )
}
