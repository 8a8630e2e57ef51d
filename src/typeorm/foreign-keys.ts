import { getMetadataArgsStorage } from 'typeorm'
import { inheritanceTree } from './metadata-args.js'
import type { EntityNaming } from './naming.js'

/** A column that a relation of the entity adds, unless the entity declares it. */
export interface ForeignKey {
  readonly relation: string
  readonly column: string
}

/** The foreign keys in the table of the entity, by the names that TypeORM gives them. */
export function foreignKeys(tree: readonly unknown[], naming: EntityNaming): ForeignKey[] {
  const storage = getMetadataArgsStorage()
  return storage.filterRelations(tree as never[]).flatMap(({ propertyName, relationType, type }) => {
    const joins = storage.joinColumns.filter((args) => args.propertyName === propertyName && tree.includes(args.target))
    const isOwner = relationType === 'many-to-one' || (relationType === 'one-to-one' && joins.length > 0)
    if (!isOwner) return []
    return (joins.length > 0 ? joins : [{ name: undefined, referencedColumnName: undefined }]).map((join) => {
      const referenced = join.referencedColumnName ?? keyOf(type) ?? 'id'
      return { relation: propertyName, column: join.name ?? naming.joinColumnName(propertyName, referenced) }
    })
  })
}

/** The property of the other entity's primary key, if it is known before all entities are loaded. */
function keyOf(type: unknown): string | undefined {
  try {
    const entity: unknown = typeof type === 'function' && type.prototype === undefined ? type() : type
    const columns = getMetadataArgsStorage().filterColumns(inheritanceTree(entity as object) as never[])
    return columns.find(({ options }) => options.primary)?.propertyName
  } catch {
    return undefined // the entity is given by its name, or its module is still being loaded
  }
}
