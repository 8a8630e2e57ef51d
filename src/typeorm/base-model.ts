import { type DataSource, getMetadataArgsStorage } from 'typeorm'
import type { Constructor } from '../model/metadata.js'
import { subclassWith, unsharedChain } from '../model/subclass.js'
import { isAdded } from './metadata-args.js'

/** Makes the subclass of `base` with the model's members and with the records of TypeORM's decorators for the model. */
export function entityOn(base: Constructor, model: Constructor): Constructor {
  if (model === base || model.prototype instanceof base) return model
  const entity = subclassWith(base, model, (row) => copyFields(new model(), row))
  const sources: readonly unknown[] = unsharedChain(base, model)
  for (const list of Object.values(getMetadataArgsStorage())) {
    if (!Array.isArray(list)) continue
    const own = list.filter((args) => sources.includes(args.target) && !isAdded(args))
    list.push(...own.map((args) => ({ ...args, target: entity })))
  }
  return entity
}

/** Copies the values of the model's own field initializers to a new row. */
function copyFields(source: object, row: object): void {
  for (const [name, value] of Object.entries(source)) if (value !== undefined) Reflect.set(row, name, value)
}

/** The data source that `useDataSource` gave the base entity; `undefined` if there is none. */
export function dataSourceOf(base: Constructor): DataSource | undefined {
  return (Reflect.get(base, 'dataSource') as DataSource | null | undefined) ?? undefined
}

/**
 * Calls `bind` when a data source that lists the entity is initialized, before it creates tables. TypeORM notifies only
 * entities that look like `BaseEntity`, so an entity on another base gets the static members that it looks for.
 */
export function whenInitialized(entity: Constructor, bind: (dataSource: DataSource) => void): void {
  const inherited = Reflect.get(entity, 'useDataSource') as ((dataSource: DataSource | null) => void) | undefined
  let bound: DataSource | undefined
  define(entity, 'useDataSource', function useDataSource(this: Constructor, dataSource: DataSource | null): void {
    inherited?.call(this, dataSource)
    bound = dataSource ?? undefined
    if (dataSource && this === entity) bind(dataSource)
  })
  if (inherited) return
  define(entity, 'hasId', (row: object) => bound?.getRepository(entity).hasId(row) ?? false)
  define(entity, 'save', async (row: object) => bound?.getRepository(entity).save(row))
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true })
}
