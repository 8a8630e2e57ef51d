import type { DataSource } from 'typeorm'
import { sessionBackend } from '../core/backend/session-backend.js'
import { type ColumnPlan, planColumns } from '../model/columns.js'
import { claimTable, isRegistered, setMapping } from '../model/mapping.js'
import { assertUnshadowed } from '../model/members.js'
import { type AbstractConstructor, type Constructor, metadataOf } from '../model/metadata.js'
import { assertTableNameGiven, unknownRegistry } from '../model/misplaced.js'
import { SessionModel } from '../model/session-model.js'
import type { SessionTable } from '../model/session-table.js'
import { TypeOrmSessionBackend } from './backend.js'
import { dataSourceOf, entityOn, whenInitialized } from './base-model.js'
import { assertWideConnections } from './connection-charset.js'
import { assertDataSource } from './databases.js'
import { assertDeclared, type DeclaredEntityColumn, declaredColumns, requiredRelations } from './declared-columns.js'
import { adaptColumns, mapEntity, sessionTable, undoOnError } from './map-model.js'
import { assertNames, assertTableName, entityNaming } from './naming.js'
import { noDataSource, type Ready, type RegisteredEntity } from './registration.js'
import { addToDataSource, isDataSource, newRow } from './registry.js'
import type { SessionEntityClass } from './types.js'
import { expiryCondition } from './where.js'

/**
 * Maps a session model into a TypeORM data source, initialized or not, and returns it, typed with the members of a session.
 * Registering again with the same data source changes nothing.
 *
 * @param dataSource The data source that the model is mapped in.
 * @param model The class with `@SessionModel()`.
 * @throws A `SessionError`, and then nothing is mapped: `DATABASE_UNSUPPORTED`, `MODEL_NOT_DECORATED`,
 * `MODEL_REGISTERED_ELSEWHERE`, `MODEL_CLASS`, `REGISTRY_UNKNOWN`, `OPTION_INVALID`, or a code that begins with
 * `COLUMN_` or `NAME_` for a column that cannot work. `docs/errors.md` explains each.
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
 * Maps a session model onto a base entity, and returns a subclass of the base with the columns and methods of both. If
 * `useDataSource` gave the base a data source, the subclass is registered there; else list it in a data source's
 * `entities`. Throws as with a data source.
 */
export function registerSessionModel<Base extends AbstractConstructor, Model extends Constructor>(
  base: Base,
  model: Model,
): SessionEntityClass<Model, Base>
export function registerSessionModel(registry: DataSource | AbstractConstructor, model: Constructor): unknown {
  metadataOf(model, registry)
  if (isDataSource(registry)) return register(registry, model, registry)
  if (isClass(registry)) return registerOnBase(registry as Constructor, model)
  throw unknownRegistry(registry, 'typeorm')
}

function isClass(value: unknown): value is AbstractConstructor {
  return typeof value === 'function' && typeof value.prototype === 'object'
}

function registerOnBase(base: Constructor, model: Constructor): Constructor {
  const known = Reflect.getOwnMetadata(subclassesKey, model) as Map<Constructor, Constructor> | undefined
  const existing = known?.get(base)
  if (existing) return existing
  if (isRegistered(model, base)) return model
  return undoOnError(() => {
    const entity = register(base, entityOn(base, model), dataSourceOf(base))
    Reflect.defineMetadata(subclassesKey, new Map([...(known ?? []), [base, entity]]), model)
    return entity
  })
}

/** The key under which a model holds its subclasses by their base. */
const subclassesKey = 'koa-session-model/typeorm:subclasses'

function register(registry: object, model: Constructor, dataSource: DataSource | undefined): Constructor {
  if (isRegistered(model, registry)) return model
  return undoOnError(() => {
    const registration = dataSource ? registerIn(dataSource, registry, model) : registerForLater(registry, model)
    claimTable(model)
    setMapping(model, registration)
    Object.defineProperty(model, sessionBackend, {
      value: () => new TypeOrmSessionBackend(undefined, model),
      configurable: true,
    })
    return model
  })
}

function registerIn(dataSource: DataSource, registry: object, model: Constructor): RegisteredEntity {
  const table = map(model, dataSource)
  const ready = addToDataSource(dataSource, model)
  return registrationFor({ registry, model, table: () => table, dataSource: () => dataSource, ready })
}

/**
 * Registers an entity whose database is not known yet. When a data source that lists it is initialized, the columns get the
 * types of its database. Several may list it, each with a different database.
 */
function registerForLater(registry: object, model: Constructor): RegisteredEntity {
  const plan = planFor(model, undefined)
  const general = map(model, undefined)
  const tables = new WeakMap<DataSource, SessionTable>()
  let latest: DataSource | undefined
  whenInitialized(model, (dataSource) => {
    assertDataSource(dataSource)
    assertNames(dataSource, model)
    assertWideConnections(dataSource)
    tables.set(dataSource, sessionTable(model, plan, dataSource.options.type, dataSource))
    adaptColumns(dataSource, model, plan)
    latest = dataSource
  })
  const table = (dataSource = latest): SessionTable => (dataSource && tables.get(dataSource)) ?? general
  const dataSource = (): DataSource => {
    if (latest) return latest
    throw noDataSource(model)
  }
  return registrationFor({ registry, model, table, dataSource })
}

function map(model: Constructor, dataSource: DataSource | undefined): SessionTable {
  if (dataSource) assertDataSource(dataSource)
  assertUnshadowed(newRow(model))
  const plan = planFor(model, dataSource)
  assertTableName(dataSource, metadataOf(model).tableName)
  if (dataSource) assertWideConnections(dataSource)
  const database = dataSource?.options.type
  const table = sessionTable(model, plan, database, dataSource)
  mapEntity(model, plan, database)
  return table
}

function planFor(model: Constructor, dataSource: DataSource | undefined): ColumnPlan<DeclaredEntityColumn> {
  const naming = entityNaming(dataSource)
  const declared = declaredColumns(model, naming)
  const plan = planColumns(metadataOf(model).columns, declared, naming, requiredRelations(model))
  assertDeclared(model, declared, naming)
  return plan
}

interface RegistrationParts {
  readonly registry: object
  readonly model: Constructor
  readonly table: RegisteredEntity['table']
  readonly dataSource: () => DataSource
  readonly ready?: Ready | undefined
}

function registrationFor({ registry, model, table, dataSource, ready }: RegistrationParts): RegisteredEntity {
  const { now, comment } = metadataOf(model)
  const clock = now ?? (() => Date.now())
  return {
    registry,
    now,
    comment,
    entity: model,
    dataSource,
    ready,
    table,
    isExpired: (row) => table().isExpired(row, clock()),
    condition: (expired) => expiryCondition(table(), expired, new Date(clock())),
  }
}

/**
 * Makes a session model without custom columns, and maps it into the data source.
 *
 * @param tableName The table. Default `'session'`.
 * @throws `OPTION_INVALID` if `tableName` is not a name, and the errors of `registerSessionModel`.
 */
export function createSessionModel(dataSource: DataSource, tableName?: string): SessionEntityClass<Constructor>
/** Makes a session model without custom columns, and maps it onto a base entity. */
export function createSessionModel<Base extends AbstractConstructor>(
  base: Base,
  tableName?: string,
): SessionEntityClass<Constructor, Base>
export function createSessionModel(registry: DataSource | AbstractConstructor, tableName = 'session'): unknown {
  assertTableNameGiven(registry, tableName)
  class Session {}
  SessionModel({ tableName })(Session)
  return registerSessionModel(registry as DataSource, Session)
}
