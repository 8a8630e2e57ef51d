import 'reflect-metadata'
import { getOptions, setModelName, setOptions } from 'sequelize-typescript'
import type { Constructor } from '../model/metadata.js'
import { subclassWith, unsharedChain } from '../model/subclass.js'
import type { ModelClass } from './types.js'

/** The subclass of `base` with the model's members and with what sequelize-typescript's decorators recorded for both. */
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

/** Not the base's table, which the sessions would get into otherwise. */
function inheritOptions(base: ModelClass, subclass: ModelClass): void {
  const { tableName, ...options } = getOptions(base.prototype) ?? {}
  if (tableName !== undefined) setOptions(subclass.prototype, options)
}

/** Adds what was recorded for `source` to what `target` has, or inherits from the base. */
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

/** What a model without `@Table()` has as its options. */
const withoutTable = Object.freeze({})

/** Gives the model what sequelize-typescript asks of every model, if it has no `@Table()`. */
export function ensureTable({ prototype, name }: ModelClass): void {
  if (!getOptions(prototype)) Reflect.defineMetadata('sequelize:options', withoutTable, prototype)
  if (!Reflect.hasOwnMetadata('sequelize:modelName', prototype)) setModelName(prototype, name)
}

/** Whether the model has `@Table()`, itself or by inheritance. Else only the dates are kept that someone asks for. */
export function hasTable({ prototype }: ModelClass): boolean {
  return Reflect.getMetadata('sequelize:options', prototype) !== withoutTable
}
