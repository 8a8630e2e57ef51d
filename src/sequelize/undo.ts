import 'reflect-metadata'

type Restore = () => void

/** Runs `work`; if it throws, the class has the members and the decorators' records that it had before. */
export function undoOnError<T>(model: { prototype: object }, work: () => T): T {
  const restore = [keepMembers(model), keepMetadata(model), keepMetadata(model.prototype)]
  try {
    return work()
  } catch (error) {
    for (const undo of restore) undo()
    throw error
  }
}

function keepMembers(target: object): Restore {
  const before = new Set(Reflect.ownKeys(target))
  return () => {
    for (const key of Reflect.ownKeys(target)) if (!before.has(key)) Reflect.deleteProperty(target, key)
  }
}

function keepMetadata(target: object): Restore {
  const before = new Map(Reflect.getOwnMetadataKeys(target).map((key) => [key, Reflect.getOwnMetadata(key, target)]))
  return () => {
    for (const key of Reflect.getOwnMetadataKeys(target)) Reflect.deleteMetadata(key, target)
    for (const [key, value] of before) Reflect.defineMetadata(key, value, target)
  }
}
