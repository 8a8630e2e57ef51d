import { type ColumnOptions, getMetadataArgsStorage } from 'typeorm'
import { SessionError } from '../core/errors.js'
import type { DeclaredColumn } from '../model/columns.js'
import type { Constructor } from '../model/metadata.js'
import { foreignKeys } from './foreign-keys.js'
import { inheritanceTree, isAdded } from './metadata-args.js'
import { entityNaming } from './naming.js'

/** A column that the entity declares itself, with TypeORM's decorators. */
export interface DeclaredEntityColumn extends DeclaredColumn {
  readonly options: ColumnOptions
  readonly generated: boolean
}

/**
 * The columns that the entity and its superclasses declare. Throws for relations and embedded columns that cannot be a
 * property of a session.
 */
export function declaredColumns(model: Constructor, naming = entityNaming(undefined)): DeclaredEntityColumn[] {
  const storage = getMetadataArgsStorage()
  const tree = inheritanceTree(model) as never[]
  storage.filterEmbeddeds(tree).forEach(assertNotEmbedded)
  storage.filterRelationIds(tree).forEach(assertNoRelationId)
  return storage
    .filterColumns(tree)
    .filter((args) => args.mode !== 'virtual-property' && !isAdded(args))
    .map(({ propertyName, options, mode }) => {
      const generated = storage.findGenerated(tree, propertyName) !== undefined || options.asExpression !== undefined
      const isManagedByOrm = mode !== 'regular'
      const isDate = mode === 'createDate' || mode === 'updateDate' || mode === 'deleteDate'
      return {
        property: propertyName,
        name: naming.columnName(propertyName, options.name),
        optional: options.nullable === true || options.default !== undefined || generated || isManagedByOrm,
        writable: !generated && !isManagedByOrm && options.insert !== false && options.update !== false,
        options: isDate ? { type: Date, ...options, precision: options.precision ?? 6 } : options,
        generated,
      }
    })
}

/** Throws `COLUMN_UNDECLARED` if the foreign key of a relation is not declared as a column. */
export function assertDeclared(
  model: Constructor,
  columns: readonly DeclaredEntityColumn[],
  naming = entityNaming(undefined),
): void {
  const names = new Set(columns.map(({ name }) => name))
  const key = foreignKeys(inheritanceTree(model) as never[], naming).find(({ column }) => !names.has(column))
  if (key) throw undeclared(key.relation, key.column)
}

/** The relations whose foreign key takes no NULL. */
export function requiredRelations(model: Constructor): string[] {
  return getMetadataArgsStorage()
    .filterRelations(inheritanceTree(model) as never[])
    .filter(({ relationType, options }) => options.nullable === false && /^(many|one)-to-one$/.test(relationType))
    .map(({ propertyName }) => propertyName)
}

/** Throws for a `@RelationId()`: TypeORM only reads it, so a session could not set the foreign key. */
function assertNoRelationId({ propertyName }: { readonly propertyName: string }): void {
  throw new SessionError(
    'COLUMN_UNDECLARED',
    `The property '${propertyName}' has @RelationId(), which is no column. Declare the foreign key as a column instead.`,
  )
}

function undeclared(relation: string, column: string): SessionError {
  return new SessionError(
    'COLUMN_UNDECLARED',
    `The relation '${relation}' has the foreign key '${column}', which is no column of the model, so no session could have it. ` +
      `Declare it beside the relation: @Column({ nullable: true }) ${/^[A-Za-z_]\w*$/.test(column) ? column : 'with its name'}.`,
  )
}

/**
 * Throws for an embedded object: a session property is one column, and TypeORM cannot select, compare or set such an object
 * as one.
 */
function assertNotEmbedded({ propertyName }: { readonly propertyName: string }): void {
  throw new SessionError(
    'COLUMN_TYPE',
    `The property '${propertyName}' is embedded: it has several columns, and a session property has one. ` +
      "Declare its columns on the model itself, or use one column of the type 'simple-json'.",
  )
}
