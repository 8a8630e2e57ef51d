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

/** The columns that the entity and its superclasses declare. Throws for relations and embedded columns that cannot work. */
export function declaredColumns(model: Constructor, naming = entityNaming(undefined)): DeclaredEntityColumn[] {
  const storage = getMetadataArgsStorage()
  const tree = inheritanceTree(model) as never[]
  storage.filterRelations(tree).forEach(refuseRequiredRelation)
  storage.filterEmbeddeds(tree).forEach(refuseEmbedded)
  storage.filterRelationIds(tree).forEach(refuseRelationId)
  const columns = storage
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
  const names = new Set(columns.map(({ name }) => name))
  for (const key of foreignKeys(tree, naming)) if (!names.has(key.column)) throw undeclared(key.relation, key.column)
  return columns
}

function refuseRequiredRelation({ propertyName, relationType, options }: RelationArgs): void {
  if (options.nullable !== false || !/^(many|one)-to-one$/.test(String(relationType))) return
  throw new SessionError(
    'COLUMN_REQUIRED',
    `The relation '${propertyName}' is not nullable, so no new session could be stored. Let it be nullable.`,
  )
}

/** TypeORM only reads such a property, so a session could not set the foreign key by it. */
function refuseRelationId({ propertyName }: { readonly propertyName: string }): void {
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

/** A session property is one column: TypeORM neither selects, compares nor sets an embedded object as one. */
function refuseEmbedded({ propertyName }: { readonly propertyName: string }): void {
  throw new SessionError(
    'COLUMN_TYPE',
    `The property '${propertyName}' is embedded: it has several columns, and a session property has one. ` +
      "Declare its columns on the model itself, or use one column of the type 'simple-json'.",
  )
}

interface RelationArgs {
  readonly propertyName: string
  readonly relationType: unknown
  readonly options: { readonly nullable?: boolean }
}

/**
 * What a session property is in a new session: what the class's field initializer gives, else the column's literal
 * default, else `null`; `undefined` leaves it to the database.
 *
 * @param row A new row.
 * @param newRow Makes another one: an object of the initializer's would be shared by all sessions otherwise.
 */
export function initialValue({ property, options }: DeclaredEntityColumn, row: object, newRow: () => object): unknown {
  const initialized: unknown = Reflect.get(row, property)
  if (initialized !== undefined) return isObject(initialized) ? Reflect.get(newRow(), property) : initialized
  const { default: value, nullable, transformer, type } = options
  const isLiteral = value !== undefined && value !== null && typeof value !== 'function' && !isObject(value)
  const isText = typeof type === 'string' && /json|array|date|time|interval/.test(type)
  if (isLiteral && !isText && !transformer && options.array !== true) return value
  return nullable ? null : undefined
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}
