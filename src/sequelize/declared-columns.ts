import { isDeepStrictEqual } from 'node:util'
import { DataTypes, type InitOptions, type Model, type ModelStatic, Utils } from 'sequelize'
import type { DeclaredColumn } from '../model/columns.js'
import type { Attribute } from './column-types.js'

/** A column that the model declares, or that Sequelize adds for its options. */
export interface DeclaredAttribute extends DeclaredColumn {
  readonly attribute: Attribute
}

/** The options that `Model.init` gets. */
export type ModelOptions = InitOptions<Model>

/** The options of the model, completed with those of the instance for all models, then with `defaults`. */
export function withDefaults(options: ModelOptions, defaults: Partial<ModelOptions>): ModelOptions {
  const { define } = (options.sequelize as unknown as { options: { define?: Partial<ModelOptions> } }).options
  return { ...defaults, ...define, ...options }
}

/** The name of a column in the database. */
export function columnName(
  property: string,
  { field }: Pick<Attribute, 'field'>,
  { underscored }: ModelOptions,
): string {
  return field ?? Utils.underscoredIf(property, underscored)
}

/**
 * The columns that the model declares, and those that Sequelize adds: dates of creation, update and deletion, and its
 * version.
 *
 * @param options The options of {@link withDefaults}.
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

/** The columns that Sequelize adds, as `Model.init` decides. */
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

/** Whether the attribute is a key that the database or Sequelize generates. No session should change it. */
function isGeneratedKey({ autoIncrement, primaryKey, defaultValue }: Attribute): boolean {
  return autoIncrement === true || (primaryKey === true && defaultValue !== undefined)
}

function isVirtual({ type }: Attribute): boolean {
  return (type as { key?: string }).key === 'VIRTUAL'
}

/**
 * The value that an update writes for a property. `undefined` becomes the default, also one in SQL, as Sequelize makes it
 * for a new row. It bypasses getters: a setter might not know their result for an empty value.
 */
export function writtenValue(model: ModelStatic<Model>, property: string, value: unknown): unknown {
  const attribute: Attribute | undefined = model.getAttributes()[property]
  if (value === undefined) return Utils.toDefaultValue(attribute?.defaultValue) ?? null
  const mayBeNothing = attribute?.get && attribute.allowNull !== false && (attribute.defaultValue ?? null) === null
  return mayBeNothing && isDeepStrictEqual(value, model.build().get(property)) ? null : value
}
