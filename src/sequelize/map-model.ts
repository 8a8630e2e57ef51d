import { planColumns } from '../model/columns.js'
import { type ManagedColumn, metadataOf } from '../model/metadata.js'
import { type RoleColumn, type Roles, SessionTable } from '../model/session-table.js'
import { type Attribute, columnTraits, isMysql, managedAttribute } from './columns.js'
import { declaredAttributes, initialValue, type ModelOptions } from './declared.js'

/** What `Model.init` gets, and the table that comes of it. */
export interface MappedModel {
  readonly attributes: Record<string, Attribute>
  readonly options: ModelOptions
  readonly table: SessionTable
}

/** Adds the managed columns that the model does not declare itself. Throws where a column cannot play its role. */
export function mapModel(model: object, own: Record<string, Attribute>, options: ModelOptions): MappedModel {
  const metadata = metadataOf(model)
  const dialect = options.sequelize.getDialect()
  const declared = declaredAttributes(own, options)
  const plan = planColumns(metadata.columns, declared)
  const hasOwnKey = declared.some(({ attribute }) => attribute.primaryKey === true)
  const roles: Partial<Record<ManagedColumn, RoleColumn>> = {}
  const attributes: Record<string, Attribute> = { ...own }
  for (const spec of plan.added) {
    const attribute = managedAttribute(spec, dialect)
    attributes[spec.role] = spec.role === 'id' ? { ...attribute, ...keyOptions(hasOwnKey) } : attribute
    roles[spec.role] = { property: spec.role, traits: columnTraits(attribute, dialect) }
  }
  for (const [role, { property, attribute }] of plan.serving) {
    const traits = columnTraits(attribute, dialect)
    roles[role] = { property, traits: attribute.autoIncrement ? { ...traits, text: false } : traits }
  }
  const columns = plan.custom.map((column) => ({ name: column.property, initial: initialValue(column) }))
  const table = new SessionTable(roles as Roles, columns)
  return { attributes, table, options: completeOptions(options, table, attributes, metadata.tableName) }
}

function keyOptions(hasOwnKey: boolean): Partial<Attribute> {
  return hasOwnKey ? { unique: true } : { primaryKey: true }
}

function completeOptions(
  options: ModelOptions,
  table: SessionTable,
  attributes: Readonly<Record<string, Attribute>>,
  tableName: string | undefined,
): ModelOptions {
  const field = attributes[table.expires]?.field ?? table.expires
  const isIndexed = options.indexes?.some(({ fields }) => indexedName(fields?.[0]) === field)
  return {
    ...options,
    ...(tableName !== undefined && { tableName }),
    ...(isMysql(options.sequelize.getDialect()) && { charset: options.charset ?? 'utf8mb4' }),
    indexes: isIndexed ? (options.indexes ?? []) : [...(options.indexes ?? []), { fields: [field] }],
  }
}

function indexedName(field: unknown): unknown {
  return typeof field === 'object' && field !== null && 'name' in field ? field.name : field
}
