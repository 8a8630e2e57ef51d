import type { Model, ModelStatic } from 'sequelize'
import { Model as BaseModel } from 'sequelize-typescript'
import type { Attribute } from './column-types.js'
import { instanceOf } from './query-generator.js'

const updateHooks = [
  'beforeValidate',
  'afterValidate',
  'validationFailed',
  'beforeBulkUpdate',
  'afterBulkUpdate',
] as const

/** The hooks that run before a find. */
export const beforeFind = ['beforeFind', 'beforeFindAfterExpandIncludeAll', 'beforeFindAfterOptions'] as const
const findHooks = [...beforeFind, 'afterFind'] as const

/** The members of models and instances that are used and that Sequelize has no types for. */
export interface Hooked {
  hasHook(name: string): boolean
  runHooks(name: string, ...args: unknown[]): Promise<void>
}

interface InstanceOptions {
  readonly dialectOptions?: { readonly prependSearchPath?: boolean }
}

interface Options {
  readonly validate?: object
  readonly setterMethods?: Readonly<Record<string, unknown>>
}

/** Whether a find needs Sequelize's own: the model has find hooks, or its own `findAll`. Hooks may be added at any time. */
export function needsOrmFind(model: ModelStatic<Model>): boolean {
  return hasFindHooks(model) || (model.findAll as unknown) !== BaseModel.findAll
}

/** Whether the model or its instance has hooks for a find. */
export function hasFindHooks(model: ModelStatic<Model>): boolean {
  return hasHooks(model, findHooks)
}

function hasHooks(model: ModelStatic<Model>, names: readonly string[]): boolean {
  const hooked = [model, instanceOf(model)] as unknown as Hooked[]
  return hooked.some((one) => names.some((name) => one.hasHook(name)))
}

/**
 * Whether an update needs Sequelize's own: for hooks, validators of the whole model, an `update` of its own, a search path
 * that is sent first, or a default of the update date.
 */
export function needsOrmUpdate(model: ModelStatic<Model>): boolean {
  if (hasHooks(model, updateHooks)) return true
  const { validate = {} } = model.options as Options
  const date = updateDate(model)
  return (
    Object.keys(validate).length > 0 ||
    (model.update as unknown) !== BaseModel.update ||
    prependsSearchPath(model) ||
    Boolean(date !== undefined && attributeOf(model, date)?.defaultValue)
  )
}

/** Whether Sequelize sends a search path with each statement, as one more command. */
export function prependsSearchPath(model: ModelStatic<Model>): boolean {
  const { dialectOptions } = (instanceOf(model) as unknown as { options: InstanceOptions }).options
  return Boolean(dialectOptions?.prependSearchPath)
}

/** Whether one of the columns has a validator or a setter, which run whenever it is written. */
export function areGuarded(model: ModelStatic<Model>, properties: readonly string[]): boolean {
  const { setterMethods = {} } = model.options as Options
  return properties.some((property) => {
    const attribute = attributeOf(model, property)
    return !attribute || attribute.validate || attribute.set || property in setterMethods
  })
}

/** The property of the date that Sequelize sets with each update; `undefined` if it keeps none. */
export function updateDate({ options }: ModelStatic<Model>): string | undefined {
  const { timestamps, updatedAt } = options
  if (!timestamps || updatedAt === false) return undefined
  return typeof updatedAt === 'string' ? updatedAt : 'updatedAt'
}

function attributeOf(model: ModelStatic<Model>, property: string): Attribute | undefined {
  return model.getAttributes()[property]
}
