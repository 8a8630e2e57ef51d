import { type ColumnOptions, getMetadataArgsStorage } from 'typeorm'
import { SessionError } from '../core/errors.js'
import type { DeclaredColumn } from '../model/columns.js'
import type { Constructor } from '../model/metadata.js'

/** A column that the entity declares itself, with TypeORM's decorators. */
export interface DeclaredEntityColumn extends DeclaredColumn {
  readonly options: ColumnOptions
  readonly generated: boolean
}

/** The class and its superclasses: where TypeORM looks for columns. */
export function inheritanceTree(model: object): object[] {
  const tree: object[] = []
  for (let next = model; next && next !== Function.prototype; next = Object.getPrototypeOf(next)) tree.push(next)
  return tree
}

/** The columns that the entity and its superclasses declare. Throws for a relation that every row would need. */
export function declaredColumns(model: Constructor): DeclaredEntityColumn[] {
  const storage = getMetadataArgsStorage()
  const tree = inheritanceTree(model) as never[]
  storage.filterRelations(tree).forEach(refuseRequiredRelation)
  return storage
    .filterColumns(tree)
    .filter((args) => args.mode !== 'virtual-property')
    .map(({ propertyName, options, mode }) => {
      const generated = storage.findGenerated(tree, propertyName) !== undefined || options.asExpression !== undefined
      const isManagedByOrm = mode !== 'regular'
      return {
        property: propertyName,
        name: options.name ?? propertyName,
        optional: options.nullable === true || options.default !== undefined || generated || isManagedByOrm,
        writable: !generated && !isManagedByOrm,
        options,
        generated,
      }
    })
}

function refuseRequiredRelation({ propertyName, relationType, options }: RelationArgs): void {
  if (options.nullable !== false || !/^(many|one)-to-one$/.test(String(relationType))) return
  throw new SessionError(
    'COLUMN_REQUIRED',
    `The relation '${propertyName}' is not nullable, so no new session could be stored. Let it be nullable.`,
  )
}

interface RelationArgs {
  readonly propertyName: string
  readonly relationType: unknown
  readonly options: { readonly nullable?: boolean }
}

/** What a session property is in a new session: the column's literal default, else `null`; `undefined` leaves it to the database. */
export function initialValue({ options }: DeclaredEntityColumn): unknown {
  const { default: value, nullable, transformer, type } = options
  const isLiteral = value !== undefined && value !== null && typeof value !== 'function' && typeof value !== 'object'
  const isText = typeof type === 'string' && /json|array|date|time|interval/.test(type)
  if (isLiteral && !isText && !transformer && options.array !== true) return value
  return nullable ? null : undefined
}
