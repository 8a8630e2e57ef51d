import type { Model, ModelStatic } from 'sequelize'
import { Model as BaseModel } from 'sequelize-typescript'
import type { Attribute } from './columns.js'
import { instanceOf } from './query-generator.js'

const updateHooks = [
  'beforeValidate',
  'afterValidate',
  'validationFailed',
  'beforeBulkUpdate',
  'afterBulkUpdate',
] as const

/** What is used of models and instances, which Sequelize has no types for. */
interface Hooked {
  hasHook(name: string): boolean
}

interface InstanceOptions {
  readonly dialectOptions?: { readonly prependSearchPath?: boolean }
}

interface Options {
  readonly validate?: object
  readonly setterMethods?: Readonly<Record<string, unknown>>
}

/**
 * Whether an update of Sequelize does more than its statement, or has no parameters: hooks, validators of the whole model,
 * an update of its own, a search path that is sent before.
 */
export function needsOrmUpdate(model: ModelStatic<Model>): boolean {
  const instance = instanceOf(model)
  const hooked = [model, instance] as unknown as Hooked[]
  if (hooked.some((one) => updateHooks.some((name) => one.hasHook(name)))) return true
  const { validate = {} } = model.options as Options
  const { dialectOptions } = (instance as unknown as { options: InstanceOptions }).options
  const date = updateDate(model)
  return (
    Object.keys(validate).length > 0 ||
    (model.update as unknown) !== BaseModel.update ||
    Boolean(dialectOptions?.prependSearchPath) ||
    Boolean(date !== undefined && attributeOf(model, date)?.defaultValue)
  )
}

/** Whether columns have validators or setters, which run whenever they are written. */
export function areGuarded(model: ModelStatic<Model>, properties: readonly string[]): boolean {
  const { setterMethods = {} } = model.options as Options
  return properties.some((property) => {
    const attribute = attributeOf(model, property)
    return !attribute || attribute.validate || attribute.set || property in setterMethods
  })
}

/** The property of the date that Sequelize writes with each update, if it keeps one. */
export function updateDate({ options }: ModelStatic<Model>): string | undefined {
  const { timestamps, updatedAt } = options
  if (!timestamps || updatedAt === false) return undefined
  return typeof updatedAt === 'string' ? updatedAt : 'updatedAt'
}

function attributeOf(model: ModelStatic<Model>, property: string): Attribute | undefined {
  return model.getAttributes()[property]
}
