import 'reflect-metadata'
import { getOptions, setModelName, setOptions } from 'sequelize-typescript'
import type { Constructor } from '../model/metadata.js'
import { subclassWith, unsharedChain } from '../model/subclass.js'
import type { ModelClass } from './types.js'

/** Makes the subclass of `base` with the model's members and with the records of sequelize-typescript's decorators for both. */
export function modelOn(base: ModelClass, model: Constructor): ModelClass {
  if (model === base || model.prototype instanceof base) return model as ModelClass
  const subclass = subclassWith(base, model) as ModelClass
  inheritOptions(base, subclass)
  for (const source of unsharedChain(base, model).reverse()) {
    mergeMetadata(source, subclass)
    mergeMetadata(source.prototype, subclass.prototype)
  }
  return subclass
}

/** Copies the base's options, but not its table: the sessions must not get into that. */
function inheritOptions(base: ModelClass, subclass: ModelClass): void {
  const { tableName, ...options } = getOptions(base.prototype) ?? {}
  if (tableName !== undefined) setOptions(subclass.prototype, options)
}

/** Adds the records of `source` to those that `target` has or inherits. */
function mergeMetadata(source: object, target: object): void {
  for (const key of Reflect.getOwnMetadataKeys(source) as string[]) {
    if (!String(key).startsWith('sequelize:')) continue
    const merged = merge(Reflect.getMetadata(key, target), Reflect.getOwnMetadata(key, source))
    Reflect.defineMetadata(key, merged, target)
  }
}

function merge(inherited: unknown, own: unknown): unknown {
  if (Array.isArray(inherited) && Array.isArray(own)) return [...inherited, ...own]
  if (!isRecord(inherited) || !isRecord(own)) return own
  const merged: Record<string, unknown> = { ...inherited }
  for (const [name, value] of Object.entries(own)) {
    merged[name] = name === 'named' || name === 'unnamed' || name === 'validate' ? merge(inherited[name], value) : value
  }
  return merged
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The options of a model without `@Table()`. */
const withoutTable = Object.freeze({})

/** Gives a model without `@Table()` the options and the name that sequelize-typescript needs. */
export function ensureTable({ prototype, name }: ModelClass): void {
  if (!getOptions(prototype)) Reflect.defineMetadata('sequelize:options', withoutTable, prototype)
  if (!Reflect.hasOwnMetadata('sequelize:modelName', prototype)) setModelName(prototype, name)
}

/** Whether the model has `@Table()`, its own or inherited. If not, Sequelize keeps only dates that are asked for. */
export function hasTable({ prototype }: ModelClass): boolean {
  return Reflect.getMetadata('sequelize:options', prototype) !== withoutTable
}
