import 'reflect-metadata'
import type { Sequelize } from 'sequelize'

type Restore = () => void

/**
 * Runs `work`. If it throws, restores the class, its prototype, the records of the decorators, and the list of models of
 * the Sequelize instance.
 */
export function undoOnError<T>(model: { prototype: object }, sequelize: Sequelize | undefined, work: () => T): T {
  const { prototype } = model
  const restore = [keepMembers(model), keepMembers(prototype), keepMetadata(model), keepMetadata(prototype)]
  if (sequelize) restore.push(keepModels(sequelize))
  try {
    return work()
  } catch (error) {
    for (const undo of restore) undo()
    throw error
  }
}

function keepMembers(target: object): Restore {
  const before = Object.getOwnPropertyDescriptors(target)
  return () => {
    for (const key of Reflect.ownKeys(target)) if (!Object.hasOwn(before, key)) Reflect.deleteProperty(target, key)
    Object.defineProperties(target, before)
  }
}

function keepMetadata(target: object): Restore {
  const before = new Map(Reflect.getOwnMetadataKeys(target).map((key) => [key, Reflect.getOwnMetadata(key, target)]))
  return () => {
    for (const key of Reflect.getOwnMetadataKeys(target)) Reflect.deleteMetadata(key, target)
    for (const [key, value] of before) Reflect.defineMetadata(key, value, target)
  }
}

function keepModels({ modelManager }: Sequelize): Restore {
  const before = [...modelManager.models]
  return () => {
    modelManager.models.splice(0, Number.POSITIVE_INFINITY, ...before)
  }
}
