import type { DataSource } from 'typeorm'
import { sessionBackend } from '../core/backend.js'
import { SessionError } from '../core/errors.js'
import { planColumns } from '../model/columns.js'
import { isRegistered, setMapping } from '../model/mapping.js'
import { refuseShadowing } from '../model/members.js'
import { type Constructor, metadataOf } from '../model/metadata.js'
import { adaptColumns } from './adapt-columns.js'
import { TypeOrmSessionBackend } from './backend.js'
import { dataSourceOf, entityOn, whenInitialized } from './base.js'
import type { DatabaseType } from './columns.js'
import { declaredColumns } from './declared.js'
import { SessionEntity } from './entity.js'
import { expiryCondition } from './expired.js'
import { mapEntity, undoOnError } from './map-entity.js'
import { noDataSource, type RegisteredEntity } from './registration.js'
import { addToDataSource, isDataSource } from './registry.js'
import type { SessionEntityClass } from './types.js'

/**
 * Maps a session model into a TypeORM data source, initialized or not, and returns it, typed with the members of a
 * session. Registering again with the same data source changes nothing.
 *
 * Throws a `SessionError` if the model is not decorated, is registered elsewhere, or has columns that cannot work;
 * then nothing is mapped.
 *
 * @example
 * ```ts
 * import { SessionModel } from 'koa-session-model'
 * import { registerSessionModel } from 'koa-session-model/typeorm'
 * import { Column, DataSource } from 'typeorm'
 *
 * @SessionModel({ tableName: 'web_sessions' })
 * class WebSession {
 *   @Column({ type: 'integer', nullable: true }) userId!: number | null
 * }
 *
 * const dataSource = new DataSource({ type: 'better-sqlite3', database: 'app.db', synchronize: true })
 * export const Sessions = registerSessionModel(dataSource, WebSession)
 * ```
 */
export function registerSessionModel<Model extends Constructor>(
  dataSource: DataSource,
  model: Model,
): SessionEntityClass<Model>
/**
 * Maps a session model onto a base entity, and returns a subclass of the base that has the columns and methods of
 * both. It is registered in the base's data source, if the base was given one (`useDataSource`); else list it in a
 * data source's `entities`.
 */
export function registerSessionModel<Base extends Constructor, Model extends Constructor>(
  base: Base,
  model: Model,
): SessionEntityClass<Model, Base>
export function registerSessionModel(registry: DataSource | Constructor, model: Constructor): unknown {
  metadataOf(model)
  if (isDataSource(registry)) return register(registry, model, registry)
  if (typeof registry === 'function') return registerOnBase(registry, model)
  throw new SessionError(
    'REGISTRY_UNKNOWN',
    'The first argument is neither a TypeORM DataSource nor a base class. ' +
      'Give one of them; for a Sequelize instance import registerSessionModel from koa-session-model/sequelize.',
  )
}

function registerOnBase(base: Constructor, model: Constructor): Constructor {
  const known = Reflect.getOwnMetadata(subclassesKey, model) as Map<Constructor, Constructor> | undefined
  const existing = known?.get(base)
  if (existing) return existing
  return undoOnError(() => {
    const entity = register(base, entityOn(base, model), dataSourceOf(base))
    Reflect.defineMetadata(subclassesKey, new Map([...(known ?? []), [base, entity]]), model)
    return entity
  })
}

/** Under this key a model has its subclasses by their base. */
const subclassesKey = 'typeorm:session-subclasses'

function register(registry: object, model: Constructor, dataSource: DataSource | undefined): Constructor {
  if (isRegistered(model, registry)) return model
  return undoOnError(() => {
    const registration = dataSource ? registerIn(dataSource, registry, model) : registerForLater(registry, model)
    setMapping(model, registration)
    Object.defineProperty(model, sessionBackend, {
      value: () => new TypeOrmSessionBackend(undefined, model),
      configurable: true,
    })
    return model
  })
}

function registerIn(dataSource: DataSource, registry: object, model: Constructor): RegisteredEntity {
  const entity = map(model, dataSource.options.type)
  const ready = addToDataSource(dataSource, model)
  return registration(
    registry,
    model,
    () => entity,
    () => dataSource,
    ready,
  )
}

/** The database is known when a data source that lists the entity is initialized: then the types become its own. */
function registerForLater(registry: object, model: Constructor): RegisteredEntity {
  const declared = declaredColumns(model)
  const plan = planColumns(metadataOf(model).columns, declared)
  let entity = map(model, undefined)
  let source: DataSource | undefined
  whenInitialized(model, (dataSource) => {
    source = dataSource
    entity = new SessionEntity(model, plan, dataSource.options.type)
    adaptColumns(dataSource, model, plan)
  })
  const dataSource = (): DataSource => {
    if (source) return source
    throw noDataSource(model)
  }
  return registration(registry, model, () => entity, dataSource, undefined)
}

function map(model: Constructor, database: DatabaseType | undefined): SessionEntity {
  refuseShadowing(new model())
  const declared = declaredColumns(model)
  const metadata = metadataOf(model)
  const plan = planColumns(metadata.columns, declared)
  const entity = new SessionEntity(model, plan, database)
  mapEntity(model, metadata, plan, declared, database)
  return entity
}

function registration(
  registry: object,
  model: Constructor,
  entity: () => SessionEntity,
  dataSource: () => DataSource,
  ready: Promise<void> | undefined,
): RegisteredEntity {
  const now = metadataOf(model).now ?? Date.now
  return {
    registry,
    dataSource,
    ready,
    get entity() {
      return entity()
    },
    isExpired: (row) => entity().isExpired(row, now()),
    condition: (expired) => expiryCondition(entity(), expired, new Date(now())),
  }
}
