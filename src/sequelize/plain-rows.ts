import { DataTypes, type Model, type ModelStatic } from 'sequelize'
import { Model as BaseModel } from 'sequelize-typescript'
import { instanceOf } from './query-generator.js'

/** The members of models and instances that are used and that Sequelize has no types for. */
interface Built {
  readonly prototype: { readonly _hasCustomGetters?: unknown; readonly get: unknown }
  readonly bulkBuild: unknown
  readonly build: unknown
}

/**
 * Whether a row has the same values as a plain object as in an instance of the model, which takes longer to make: without
 * getters, without types that convert a value that was read, and without the model's own `get` or `build`.
 */
export function findsPlainRows(model: ModelStatic<Model>, properties: readonly string[]): boolean {
  const { prototype, bulkBuild, build } = model as unknown as Built
  const base = BaseModel as unknown as Built
  const isOwn = prototype.get !== base.prototype.get || bulkBuild !== base.bulkBuild || build !== base.build
  return !isOwn && !prototype._hasCustomGetters && !convertsRows(model, properties)
}

/** Whether the values of some columns are converted as an instance is made, or names or values only for instances. */
function convertsRows(model: ModelStatic<Model>, properties: readonly string[]): boolean {
  const { options } = instanceOf(model) as unknown as { options: { readonly quoteIdentifiers?: boolean } }
  if (options.quoteIdentifiers === false || instanceOf(model).getDialect() === 'sqlite') return true
  const attributes = model.getAttributes()
  return properties.some((property) => {
    const type = attributes[property]?.type as { readonly _sanitize?: unknown } | undefined
    const isDate = type instanceof DataTypes.DATE || type instanceof DataTypes.DATEONLY // both convert only what is written
    return type?._sanitize !== undefined && !isDate
  })
}
