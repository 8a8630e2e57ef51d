import { SessionError } from '../core/errors.js'
import type { Constructor } from '../model/metadata.js'

/** A new row of the entity, as TypeORM makes one too: without arguments. Throws `MODEL_CLASS` where that cannot be. */
export function newRow(entity: Constructor): object {
  try {
    return new entity()
  } catch (cause) {
    throw refusedEntity(
      entity,
      cause,
      'Let its constructor work without arguments; for a Sequelize model import from koa-session-model/sequelize.',
    )
  }
}

/** The error for a class that TypeORM cannot take as an entity. */
export function refusedEntity(entity: Constructor, cause: unknown, fix: string): SessionError {
  const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '')
  return new SessionError('MODEL_CLASS', `TypeORM cannot take the model ${entity.name}: ${reason}. ${fix}`, { cause })
}
