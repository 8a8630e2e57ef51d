import type { DataSource } from 'typeorm'
import { SessionError } from '../core/errors.js'
import type { Attempt } from '../model/attempt.js'
import { type ModelMapping, mappingOf } from '../model/mapping.js'
import type { Constructor } from '../model/metadata.js'
import type { SessionTable } from '../model/session-table.js'

/** Waits until the table exists, within a call of the backend, whose time limit applies. */
export type Ready = (attempt: Attempt) => Promise<void>

/** The registration of an entity, which `registerSessionModel` makes. */
export interface RegisteredEntity extends ModelMapping {
  readonly entity: Constructor
  /** The table in this data source. Default: in the one that was initialized last. */
  table(dataSource?: DataSource): SessionTable
  /** The data source that was initialized last. Throws `BACKEND_FAILED` while there is none. */
  dataSource(): DataSource
  /** Waits for a table that must be created late; `undefined` if it need not be. */
  readonly ready: Ready | undefined
}

/** The registration of the class. Throws `MODEL_NOT_REGISTERED` if there is none. */
export function registrationOf(model: object): RegisteredEntity {
  const mapping = mappingOf(model)
  if ('dataSource' in mapping) return mapping as RegisteredEntity
  throw new SessionError(
    'MODEL_NOT_REGISTERED',
    'The session model is registered with another ORM. Pass it to registerSessionModel of koa-session-model/typeorm.',
  )
}

/** The error while an entity on a base class has no data source. */
export function noDataSource(model: { readonly name: string }): SessionError {
  return new SessionError(
    'BACKEND_FAILED',
    `The session model ${model.name} has no data source yet. List the class in a DataSource's entities and initialize that before the first request.`,
  )
}
