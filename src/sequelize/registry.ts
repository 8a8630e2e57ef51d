import type { Sequelize } from 'sequelize-typescript'
import type { ModelClass } from './types.js'

/** Whether the value is an instance of sequelize-typescript's Sequelize, of any copy. */
export function isSequelize(value: unknown): value is Sequelize {
  if (typeof value !== 'object' || value === null) return false
  const { addModels, getDialect } = value as Partial<Sequelize>
  return typeof addModels === 'function' && typeof getDialect === 'function'
}

/** The instance that a model is in; `undefined` if there is none. */
export function sequelizeOf(model: unknown): Sequelize | undefined {
  const { sequelize } = model as { sequelize?: unknown }
  return isSequelize(sequelize) ? sequelize : undefined
}

/** Whether the value is a model class of sequelize-typescript, of any copy. */
export function isModelClass(value: unknown): value is ModelClass {
  return typeof value === 'function' && typeof Reflect.get(value, 'initialize') === 'function'
}
