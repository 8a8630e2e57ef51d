import type { Constructor } from './metadata.js'

/**
 * Makes a subclass of `base` with the methods, accessors and static members of `model`, and of its superclasses that `base`
 * lacks. It has the model's name. `initialize` completes each new instance.
 */
export function subclassWith(
  base: Constructor,
  model: Constructor,
  initialize: (instance: object) => void = () => {},
): Constructor {
  const subclass = class extends base {
    // biome-ignore lint/suspicious/noExplicitAny: a mixin's constructor must take any arguments
    constructor(...args: any[]) {
      super(...args)
      initialize(this)
    }
  }
  Object.defineProperty(subclass, 'name', { value: model.name, configurable: true })
  for (const source of unsharedChain(base, model).reverse()) {
    copyMembers(source.prototype, subclass.prototype, ['constructor'])
    copyMembers(source, subclass, ['length', 'name', 'prototype'])
    copyMetadata(source, subclass)
  }
  return subclass
}

/** The model and its superclasses, up to the first one that it shares with `base`. */
export function unsharedChain(base: Constructor, model: Constructor): Constructor[] {
  const chain: Constructor[] = []
  let next = model
  while (next?.prototype && next !== base && !(base.prototype instanceof next)) {
    chain.push(next)
    next = Object.getPrototypeOf(next)
  }
  return chain
}

function copyMembers(source: object, target: object, except: readonly string[]): void {
  for (const key of Reflect.ownKeys(source)) {
    if (typeof key === 'string' && except.includes(key)) continue
    Object.defineProperty(target, key, Object.getOwnPropertyDescriptor(source, key) as PropertyDescriptor)
  }
}

/** Copies the record of `@SessionModel()`. The ORM's folder copies what the ORM's decorators recorded. */
function copyMetadata(source: object, target: object): void {
  for (const key of Reflect.getOwnMetadataKeys(source)) {
    if (String(key).startsWith('koa-session-model:')) {
      Reflect.defineMetadata(key, Reflect.getOwnMetadata(key, source), target)
    }
  }
}
