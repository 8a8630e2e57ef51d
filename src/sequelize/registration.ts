import type { Model, ModelStatic } from 'sequelize'
import { SessionError } from '../core/errors.js'
import { type ModelMapping, mappingOf } from '../model/mapping.js'
import type { SessionModelMetadata } from '../model/metadata.js'
import type { SessionTable } from '../model/session-table.js'
import { expiryCondition } from './where.js'

/** A model that Sequelize has initialized, with its session table. */
export interface InitializedModel {
  readonly model: ModelStatic<Model>
  readonly table: SessionTable
}

/** The registration of a model, which `registerSessionModel` makes. */
export interface RegisteredSequelizeModel extends ModelMapping {
  /** The initialized model; in repository mode its repository. Throws `BACKEND_FAILED` while the model is in no instance. */
  initialized(): InitializedModel
}

/** Makes a registration that looks the initialized model up when it is needed. */
export function registrationWith(
  registry: object,
  { now, comment }: SessionModelMetadata,
  initialized: () => InitializedModel,
): RegisteredSequelizeModel {
  const clock = now ?? (() => Date.now())
  return {
    registry,
    now,
    comment,
    initialized,
    isExpired: (row) => initialized().table.isExpired(row, clock()),
    condition: (expired) => expiryCondition(initialized().table, expired, new Date(clock())),
  }
}

/** The registration of the class. Throws `MODEL_NOT_REGISTERED` if there is none. */
export function registrationOf(model: object): RegisteredSequelizeModel {
  const mapping = mappingOf(model)
  if ('initialized' in mapping) return mapping as RegisteredSequelizeModel
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
