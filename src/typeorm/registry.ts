import { type DataSource, type EntityMetadata, getMetadataArgsStorage } from 'typeorm'
import { EntityMetadataBuilder } from 'typeorm/metadata-builder/EntityMetadataBuilder.js'
import { EntityMetadataValidator } from 'typeorm/metadata-builder/EntityMetadataValidator.js'
import { SessionError } from '../core/errors.js'
import { type Constructor, hasMetadata } from '../model/metadata.js'
import { lateTable } from './late-table.js'
import type { Ready } from './registration.js'

/** Whether the value is a TypeORM data source, of any copy of TypeORM. */
export function isDataSource(value: unknown): value is DataSource {
  if (typeof value !== 'object' || value === null) return false
  const { getRepository, initialize, options } = value as Partial<DataSource>
  return typeof getRepository === 'function' && typeof initialize === 'function' && typeof options === 'object'
}

/**
 * Adds the entity to the data source. If that is initialized already, the metadata is built now. With `synchronize`, the
 * result creates the table when the first session needs it, unless it exists by then.
 */
export function addToDataSource(dataSource: DataSource, entity: Constructor): Ready | undefined {
  const listed: unknown[] = Object.values(dataSource.options.entities ?? {})
  if (dataSource.isInitialized) addMetadata(dataSource, entity)
  if (!listed.includes(entity)) listEntity(dataSource, entity)
  if (!dataSource.isInitialized || !dataSource.options.synchronize) return undefined
  return lateTable(dataSource, entity)
}

/** Lists the entity in a copy of the data source's options: the caller may use the original again. */
function listEntity(dataSource: DataSource, entity: Constructor): void {
  const { options: given, driver } = dataSource
  const options = { ...given, entities: [...Object.values(given.entities ?? {}), entity] }
  Object.assign(dataSource, { options })
  if (driver.options === given) Object.assign(driver, { options })
}

/** Builds the metadata of an entity as `DataSource.initialize()` does. Throws `MODEL_CLASS` if TypeORM refuses it. */
function addMetadata(dataSource: DataSource, entity: Constructor): void {
  try {
    useMetadata(dataSource, buildMetadata(dataSource, entity))
  } catch (cause) {
    if (mayBeLoading(dataSource)) return // initialize() builds the metadata next, and reports errors
    throw cause instanceof SessionError ? cause : refusedEntity(entity, cause, 'Correct the model.')
  }
}

/** Whether `initialize()` may be importing files now, one of which registers the model. */
function mayBeLoading({ options, entityMetadatas }: DataSource): boolean {
  const areFew = entityMetadatas.every(({ target }) => isSessionModel(target))
  return areFew && Object.values(options.entities ?? {}).some((one) => typeof one === 'string')
}

interface BuiltMetadata {
  readonly all: readonly EntityMetadata[]
  /** The metadata that is new or was built again. */
  readonly own: readonly EntityMetadata[]
}

/**
 * The metadata of all entities. If the data source has the entity already, the others are built again with it, since their
 * relations refer to its columns; else only its relations are looked up.
 */
function buildMetadata(dataSource: DataSource, entity: Constructor): BuiltMetadata {
  const before = dataSource.entityMetadatas
  const isKnown = dataSource.hasMetadata(entity)
  const classes = before.map(({ target }) => target).filter((target) => typeof target === 'function')
  const storage = getMetadataArgsStorage()
  const built = new EntityMetadataBuilder(dataSource, storage).build([...new Set([...classes, entity])])
  const known = new Set(before.map(({ tablePath }) => tablePath))
  const isNew = ({ target, isJunction, tablePath }: EntityMetadata) =>
    target === entity || (isJunction && !known.has(tablePath))
  const own = isKnown ? built : built.filter(isNew)
  built.filter(({ target }) => target === entity).forEach(assertOwnTable)
  for (const metadata of own) new EntityMetadataValidator().validate(metadata, built, dataSource.driver)
  const replaced = new Set(own.map(({ tablePath, target }) => (typeof target === 'function' ? target : tablePath)))
  const kept = before.filter(({ tablePath, target }) => !replaced.has(target) && !replaced.has(tablePath))
  return { all: [...kept, ...own], own }
}

/** Throws `MODEL_CLASS` for an entity that shares its table: the metadata of the others would not know of it. */
function assertOwnTable({ tableType, childEntityMetadatas, name }: EntityMetadata): void {
  if (tableType !== 'entity-child' && childEntityMetadatas.length === 0) return
  throw new SessionError(
    'MODEL_CLASS',
    `The model ${name} shares its table with others (@TableInheritance), and the data source is initialized already. ` +
      'Register the model before initialize().',
  )
}

function useMetadata(dataSource: DataSource, { all, own }: BuiltMetadata): void {
  Object.assign(dataSource, {
    entityMetadatas: all,
    entityMetadatasMap: new Map(all.map((metadata) => [metadata.target, metadata])),
  })
  for (const { target } of own) {
    if (!isSessionModel(target)) continue
    const { useDataSource } = target as { useDataSource?: (dataSource: DataSource) => void }
    useDataSource?.call(target, dataSource)
  }
}

function isSessionModel(target: unknown): target is Constructor {
  return typeof target === 'function' && hasMetadata(target)
}

/** Makes a row of the entity without arguments, as TypeORM does. Throws `MODEL_CLASS` if its constructor fails. */
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
