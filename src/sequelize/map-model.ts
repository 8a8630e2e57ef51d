import type { Model, ModelStatic, Sequelize } from 'sequelize'
import type { RoleColumn, Roles } from '../model/column-traits.js'
import { type ColumnPlan, planColumns } from '../model/columns.js'
import { metadataOf } from '../model/metadata.js'
import { assertName } from '../model/names.js'
import { SessionTable } from '../model/session-table.js'
import { hasTable } from './base-model.js'
import { type Attribute, columnTraits, type Dialect, driverDates, managedAttribute } from './column-types.js'
import {
  columnName,
  type DeclaredAttribute,
  declaredAttributes,
  type ModelOptions,
  withDefaults,
} from './declared-columns.js'
import { indexOn } from './indexes.js'
import { SequelizeColumn } from './initial-values.js'
import { columnNameRules, orderedNameRules } from './naming.js'
import { tableOptions } from './table-options.js'
import type { ModelClass } from './types.js'

/** The arguments for `Model.init`, and the session table that results. */
export interface MappedModel {
  readonly attributes: Record<string, Attribute>
  readonly options: ModelOptions
  readonly table: SessionTable
}

/** Adds the managed columns that the model does not declare itself. Throws if a column cannot play its role. */
export function mapModel(model: ModelClass, own: Record<string, Attribute>, given: ModelOptions): MappedModel {
  const options = withDefaults(given, { timestamps: hasTable(model) })
  const declared = declaredAttributes(own, options)
  const plan = planColumns(metadataOf(model).columns, declared, {
    nameOf: ({ role, name }) => columnName(role, name === role ? {} : { field: name }, options),
    caseSensitive: given.sequelize.getDialect() === 'postgres',
    rules: columnNameRules(given.sequelize.getDialect()),
  })
  const hasOwnKey = declared.some(({ attribute }) => attribute.primaryKey === true)
  const added = addedAttributes(plan, given.sequelize.getDialect(), hasOwnKey)
  // Ours first: of a column and a property with one name, Sequelize uses the last.
  const attributes = { ...added, ...own }
  const columns = plan.custom.map(
    ({ property }) => new SequelizeColumn(model as unknown as ModelStatic<Model>, property),
  )
  const table = new SessionTable(rolesOf(plan, added, given.sequelize), columns)
  const nameOf = (property: string) => columnName(property, attributes[property] ?? {}, options)
  assertName('column', nameOf(table.expires), orderedNameRules)
  const indexes = [indexOn(nameOf(table.expires)), ...(added.id && hasOwnKey ? [indexOn(nameOf('id'), true)] : [])]
  return { attributes, table, options: { ...given, ...tableOptions(model, given, options, indexes) } }
}

type Plan = ColumnPlan<DeclaredAttribute>

function addedAttributes({ added }: Plan, dialect: Dialect, hasOwnKey: boolean): Record<string, Attribute> {
  const attributes = Object.fromEntries(added.map((spec) => [spec.role, managedAttribute(spec, dialect)]))
  // Nullable beside another key: rows that existed in the table before have a key, but no id.
  if (attributes.id) Object.assign(attributes.id, hasOwnKey ? { allowNull: true } : { primaryKey: true })
  return attributes
}

function rolesOf({ serving }: Plan, added: Readonly<Record<string, Attribute>>, sequelize: Sequelize): Roles {
  const dialect = sequelize.getDialect()
  const { timezone } = (sequelize as unknown as { options: { timezone?: string } }).options
  const dates = driverDates(dialect, timezone)
  const roles: Record<string, RoleColumn> = {}
  for (const [role, attribute] of Object.entries(added)) {
    roles[role] = { property: role, traits: columnTraits(attribute, dialect, dates) }
  }
  for (const [role, { property, attribute }] of serving) {
    const traits = columnTraits(attribute, dialect, dates)
    roles[role] = { property, traits: attribute.autoIncrement ? { ...traits, text: false } : traits }
  }
  return roles as unknown as Roles
}
