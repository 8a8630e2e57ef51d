import { type DataSource, type EntityMetadata, getMetadataArgsStorage } from 'typeorm'
import { EntityMetadataBuilder } from 'typeorm/metadata-builder/EntityMetadataBuilder.js'
import { EntityMetadataValidator } from 'typeorm/metadata-builder/EntityMetadataValidator.js'
import { SessionError } from '../core/errors.js'
import type { Constructor } from '../model/metadata.js'
import { lateTable } from './late-table.js'
import { refusedEntity } from './new-row.js'
import type { Ready } from './registration.js'

/** Whether this is a TypeORM data source, of whichever copy of TypeORM. */
export function isDataSource(value: unknown): value is DataSource {
  if (typeof value !== 'object' || value === null) return false
  const { getRepository, initialize, options } = value as Partial<DataSource>
  return typeof getRepository === 'function' && typeof initialize === 'function' && typeof options === 'object'
}

/**
 * Adds the entity to the data source. If that is initialized already, its metadata is built now; with `synchronize`,
 * what is returned creates the table, should nobody else have done so when the first session needs it.
 */
export function addToDataSource(dataSource: DataSource, entity: Constructor): Ready | undefined {
  const listed: unknown[] = Object.values(dataSource.options.entities ?? {})
  if (dataSource.isInitialized) addMetadata(dataSource, entity)
  if (!listed.includes(entity)) listEntity(dataSource, entity)
  if (!dataSource.isInitialized || !dataSource.options.synchronize) return undefined
  return lateTable(dataSource, entity)
}

/** Into options of its own: those that it was made with are the caller's, who may use them again. */
function listEntity(dataSource: DataSource, entity: Constructor): void {
  const { options: given, driver } = dataSource
  const options = { ...given, entities: [...Object.values(given.entities ?? {}), entity] }
  Object.assign(dataSource, { options })
  if (driver.options === given) Object.assign(driver, { options })
}

/** What `DataSource.initialize()` does for an entity. Throws `MODEL_CLASS` where TypeORM refuses it. */
function addMetadata(dataSource: DataSource, entity: Constructor): void {
  try {
    useMetadata(dataSource, entity, buildMetadata(dataSource, entity))
  } catch (cause) {
    throw cause instanceof SessionError ? cause : refusedEntity(entity, cause, 'Correct the model.')
  }
}

/** The metadata of all entities. The others are built again only to find this one's relations. */
function buildMetadata(dataSource: DataSource, entity: Constructor): EntityMetadata[] {
  const others = dataSource.entityMetadatas.filter((metadata) => metadata.target !== entity)
  const classes = others.map((metadata) => metadata.target).filter((target) => typeof target === 'function')
  const built = new EntityMetadataBuilder(dataSource, getMetadataArgsStorage()).build([...classes, entity])
  const known = new Set(others.map((metadata) => metadata.tablePath))
  const isNew = ({ target, isJunction, tablePath }: EntityMetadata) =>
    target === entity || (isJunction && !known.has(tablePath))
  const own = built.filter(isNew)
  own.forEach(refuseSharedTable)
  for (const metadata of own) new EntityMetadataValidator().validate(metadata, built, dataSource.driver)
  return [...others, ...own]
}

/** The metadata of the others that are in the table, and of their relations, would not know of it. */
function refuseSharedTable({ tableType, childEntityMetadatas, name }: EntityMetadata): void {
  if (tableType !== 'entity-child' && childEntityMetadatas.length === 0) return
  throw new SessionError(
    'MODEL_CLASS',
    `The model ${name} shares its table with others (@TableInheritance), and the data source is initialized already. ` +
      'Register the model before initialize().',
  )
}

function useMetadata(dataSource: DataSource, entity: Constructor, all: readonly EntityMetadata[]): void {
  Object.assign(dataSource, {
    entityMetadatas: all,
    entityMetadatasMap: new Map(all.map((metadata) => [metadata.target, metadata])),
  })
  const { useDataSource } = entity as { useDataSource?: (dataSource: DataSource) => void }
  useDataSource?.call(entity, dataSource)
}
