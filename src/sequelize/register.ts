import { Model, type Sequelize } from 'sequelize-typescript'
import { SessionError } from '../core/errors.js'
import { claimTable, isRegistered } from '../model/mapping.js'
import { type Constructor, metadataOf } from '../model/metadata.js'
import { assertTableNameGiven, unknownRegistry } from '../model/misplaced.js'
import { SessionModel } from '../model/session-model.js'
import { giveBackend } from './backend.js'
import { ensureTable, modelOn } from './base-model.js'
import { keepAssociations } from './keep-associations.js'
import { mapOnInitialize } from './map-on-initialize.js'
import { isModelClass, isSequelize, sequelizeOf } from './registry.js'
import type { BaseModelClass, ModelClass, SessionModelClass } from './types.js'
import { undoOnError } from './undo.js'

/**
 * Maps a session model into a Sequelize instance, before or after `sync`, and returns it, typed with the members of a
 * session (in repository mode: the repository). Registering again with the same instance changes nothing.
 *
 * @param sequelize The instance that the model is mapped in.
 * @param model The class with `@SessionModel()`.
 * @throws A `SessionError`, and then nothing is mapped: `DATABASE_UNSUPPORTED`, `MODEL_NOT_DECORATED`,
 * `MODEL_REGISTERED_ELSEWHERE`, `MODEL_CLASS`, `REGISTRY_UNKNOWN`, `OPTION_INVALID`, or a code that begins with
 * `COLUMN_` or `NAME_` for a column that cannot work. `docs/errors.md` explains each.
 *
 * @example
 * ```ts
 * import { SessionModel } from 'koa-session-model'
 * import { registerSessionModel } from 'koa-session-model/sequelize'
 * import { Column, DataType, Model, Sequelize } from 'sequelize-typescript'
 *
 * @SessionModel({ tableName: 'web_sessions' })
 * class WebSession extends Model {
 *   @Column(DataType.INTEGER) declare userId: number | null
 * }
 *
 * const sequelize = new Sequelize({ dialect: 'sqlite', storage: 'app.db', logging: false })
 * export const Sessions = registerSessionModel(sequelize, WebSession)
 * ```
 */
export function registerSessionModel<Model extends ModelClass>(
  sequelize: Sequelize,
  model: Model,
): SessionModelClass<Model>
/**
 * Maps a session model onto a base model, and returns a subclass of the base with the columns, methods and hooks of both.
 * If the base is in a Sequelize instance, the subclass is added there; else list it in `addModels`. Throws as with a
 * Sequelize instance.
 */
export function registerSessionModel<Base extends BaseModelClass, Model extends Constructor>(
  base: Base,
  model: Model,
): SessionModelClass<Model, Base>
export function registerSessionModel(registry: Sequelize | BaseModelClass, model: Constructor): unknown {
  metadataOf(model, registry)
  if (isSequelize(registry)) {
    if (isModelClass(model)) return register(registry, model, registry)
    throw new SessionError(
      'MODEL_CLASS',
      `The model ${model.name} does not extend Model of sequelize-typescript. Let it, or register it on a base that does; ` +
        'for a TypeORM entity import registerSessionModel from koa-session-model/typeorm.',
    )
  }
  if (isModelClass(registry)) return registerOnBase(registry, model)
  throw unknownRegistry(registry, 'sequelize')
}

function registerOnBase(base: ModelClass, model: Constructor): ModelClass {
  const known = Reflect.getOwnMetadata(subclassesKey, model) as Map<ModelClass, ModelClass> | undefined
  const existing = known?.get(base)
  if (existing) return existing
  if (isRegistered(model, base)) return model as ModelClass
  const registered = register(base, modelOn(base, model), sequelizeOf(base))
  Reflect.defineMetadata(subclassesKey, new Map([...(known ?? []), [base, registered]]), model)
  return registered
}

/** The key under which a model holds its subclasses by their base. */
const subclassesKey = 'koa-session-model/sequelize:subclasses'

function register(registry: object, model: ModelClass, sequelize: Sequelize | undefined): ModelClass {
  if (isRegistered(model, registry)) return mappedClass(model, sequelize)
  return undoOnError(model, sequelize, () => {
    ensureTable(model)
    mapOnInitialize(registry, model)
    giveBackend(model)
    if (sequelize) addModel(sequelize, model)
    claimTable(model)
    return mappedClass(model, sequelize)
  })
}

function addModel(sequelize: Sequelize, model: ModelClass): void {
  try {
    keepAssociations(model as never, sequelize, () => sequelize.addModels([model as never]))
  } catch (cause) {
    if (cause instanceof SessionError) throw cause
    throw new SessionError(
      'MODEL_CLASS',
      `Sequelize cannot take the model ${model.name}: ${cause instanceof Error ? cause.message : cause} ` +
        'Correct the model. Models that it is associated with must be in the instance before.',
      { cause },
    )
  }
}

/** The class that Sequelize initializes: in repository mode a subclass of the model. */
function mappedClass(model: ModelClass, sequelize: Sequelize | undefined): ModelClass {
  if (!sequelize?.repositoryMode) return model
  return sequelize.getRepository(model as never) as unknown as ModelClass
}

/**
 * Makes a session model without custom columns, and maps it into the Sequelize instance, where it has the table's name.
 *
 * @param tableName The table. Default `'session'`.
 * @throws `OPTION_INVALID` if `tableName` is not a name, and the errors of `registerSessionModel`.
 */
export function createSessionModel(sequelize: Sequelize, tableName?: string): SessionModelClass<typeof Model>
/** Makes a session model without custom columns, and maps it onto a base model. */
export function createSessionModel<Base extends BaseModelClass>(
  base: Base,
  tableName?: string,
): SessionModelClass<typeof Model, Base>
export function createSessionModel(registry: Sequelize | BaseModelClass, tableName = 'session'): unknown {
  assertTableNameGiven(registry, tableName)
  const Session = { [tableName]: class extends Model {} }[tableName] as ModelClass
  SessionModel({ tableName })(Session)
  return registerSessionModel(registry as Sequelize, Session)
}
