import { isDeepStrictEqual } from 'node:util'
import { DataTypes, type InitOptions, type Model, type ModelStatic, Utils } from 'sequelize'
import type { DeclaredColumn } from '../model/columns.js'
import type { Attribute } from './column-types.js'

/** A column that the model declares itself, or that Sequelize adds for its options. */
export interface DeclaredAttribute extends DeclaredColumn {
  readonly attribute: Attribute
}

/** What is used of the options that `Model.init` gets. */
export type ModelOptions = InitOptions<Model>

/** The options of the model, then those that the instance has for all its models, then `defaults`. */
export function withDefaults(options: ModelOptions, defaults: Partial<ModelOptions>): ModelOptions {
  const { define } = (options.sequelize as unknown as { options: { define?: Partial<ModelOptions> } }).options
  return { ...defaults, ...define, ...options }
}

/** The name that a column has in the database. */
export function columnName(
  property: string,
  { field }: Pick<Attribute, 'field'>,
  { underscored }: ModelOptions,
): string {
  return field ?? Utils.underscoredIf(property, underscored)
}

/**
 * The columns that the model declares, and those that Sequelize adds: dates of creation, update and deletion, its
 * version.
 *
 * @param options {@link withDefaults}
 */
export function declaredAttributes(
  attributes: Readonly<Record<string, Attribute>>,
  options: ModelOptions,
): DeclaredAttribute[] {
  const automatic = automaticAttributes(options)
  const all = new Map<string, Attribute>([...automatic, ...Object.entries(attributes)])
  return Array.from(all, ([property, attribute]) => ({
    property,
    name: columnName(property, attribute, options),
    optional: isOptional(attribute) || automatic.has(property),
    writable: !isGeneratedKey(attribute) && !automatic.has(property),
    attribute,
  })).filter(({ attribute }) => !isVirtual(attribute))
}

/** As `Model.init` decides it. */
function automaticAttributes(options: ModelOptions): Map<string, Attribute> {
  const found = new Map<string, Attribute>()
  const add = (option: string | boolean | undefined, name: string, attribute: Attribute): void => {
    if (option !== false) found.set(typeof option === 'string' ? option : name, attribute)
  }
  if (options.timestamps) {
    add(options.createdAt, 'createdAt', { type: DataTypes.DATE })
    add(options.updatedAt, 'updatedAt', { type: DataTypes.DATE })
    if (options.paranoid) add(options.deletedAt, 'deletedAt', { type: DataTypes.DATE })
  }
  if (options.version) add(options.version, 'version', { type: DataTypes.INTEGER })
  return found
}

function isOptional(attribute: Attribute): boolean {
  const { allowNull, defaultValue, primaryKey } = attribute
  return (allowNull !== false && !primaryKey) || defaultValue !== undefined || isGeneratedKey(attribute)
}

/** A key that database or Sequelize makes, which no session should change. */
function isGeneratedKey({ autoIncrement, primaryKey, defaultValue }: Attribute): boolean {
  return autoIncrement === true || (primaryKey === true && defaultValue !== undefined)
}

function isVirtual({ type }: Attribute): boolean {
  return (type as { key?: string }).key === 'VIRTUAL'
}

/**
 * What an update writes for the value of a property. `undefined` goes back to the default, as Sequelize makes it for a new
 * row, an SQL expression too. What a getter makes of nothing is nothing, which its setter might not know.
 */
export function writtenValue(model: ModelStatic<Model>, property: string, value: unknown): unknown {
  const attribute: Attribute | undefined = model.getAttributes()[property]
  if (value === undefined) return Utils.toDefaultValue(attribute?.defaultValue) ?? null
  const mayBeNothing = attribute?.get && attribute.allowNull !== false && (attribute.defaultValue ?? null) === null
  return mayBeNothing && isDeepStrictEqual(value, model.build().get(property)) ? null : value
}
