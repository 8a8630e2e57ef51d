import type { InitOptions, Model } from 'sequelize'
import type { DeclaredColumn } from '../model/columns.js'
import type { Attribute } from './columns.js'

/** A column that the model declares itself, or that Sequelize adds for its options. */
export interface DeclaredAttribute extends DeclaredColumn {
  readonly attribute: Attribute
}

/** What is used of the options that `Model.init` gets. */
export type ModelOptions = InitOptions<Model>

/** The columns that the model declares, and those that Sequelize adds: dates of creation, update and deletion, its version. */
export function declaredAttributes(
  attributes: Readonly<Record<string, Attribute>>,
  options: ModelOptions,
): DeclaredAttribute[] {
  const automatic = automaticAttributes(options)
  const all = new Map<string, Attribute>([...automatic, ...Object.entries(attributes)])
  return Array.from(all, ([property, attribute]) => ({
    property,
    name: attribute.field ?? property,
    optional: isOptional(attribute) || automatic.has(property),
    writable: !attribute.autoIncrement && !automatic.has(property),
    attribute,
  })).filter(({ attribute }) => !isVirtual(attribute))
}

/** As `Model.init` decides it, with the defaults of the Sequelize instance. */
function automaticAttributes({ sequelize, ...model }: ModelOptions): Map<string, Attribute> {
  const { define } = (sequelize as unknown as { options: { define?: Partial<ModelOptions> } }).options
  const options = { timestamps: true, ...define, ...model }
  const found = new Map<string, Attribute>()
  const add = (option: string | boolean | undefined, name: string, attribute: Attribute): void => {
    if (option !== false) found.set(typeof option === 'string' ? option : name, attribute)
  }
  if (options.timestamps) {
    add(options.createdAt, 'createdAt', { type: 'DATE' })
    add(options.updatedAt, 'updatedAt', { type: 'DATE' })
    if (options.paranoid) add(options.deletedAt, 'deletedAt', { type: 'DATE' })
  }
  if (options.version) add(options.version, 'version', { type: 'INTEGER' })
  return found
}

function isOptional(attribute: Attribute): boolean {
  const { allowNull, defaultValue, autoIncrement, primaryKey } = attribute
  return (allowNull !== false && !primaryKey) || defaultValue !== undefined || autoIncrement === true
}

function isVirtual({ type }: Attribute): boolean {
  return (type as { key?: string }).key === 'VIRTUAL'
}

/** What a session property is in a new session: the column's literal default, else `null`; `undefined` leaves it to Sequelize. */
export function initialValue({ attribute }: DeclaredAttribute): unknown {
  const { defaultValue, allowNull } = attribute
  if (['string', 'number', 'boolean'].includes(typeof defaultValue)) return defaultValue
  return defaultValue === undefined || allowNull !== false ? null : undefined
}
