import type { Model, ModelStatic, Sequelize } from 'sequelize'
import type { Attempt } from '../model/attempt.js'
import { harmless } from '../model/harmless.js'
import { attemptKey } from './connection.js'
import { instanceOf } from './query-generator.js'

type Logging = (...args: unknown[]) => unknown

/** What is used of the options of an instance, which Sequelize has no types for. */
interface InstanceOptions {
  readonly logging?: unknown
  readonly query?: { readonly logging?: unknown }
}

const never = Object.freeze({ max: 1, timeout: undefined })

/**
 * What statements of sessions are asked with, whatever the instance has for its own queries: outside of the application's
 * transactions (`null` also undoes CLS), never on a replica, and with nothing that changes what comes of an answer.
 */
export class IsolatedOptions {
  readonly transaction = null
  readonly useMaster = true
  /** An unknown id is no error. */
  readonly rejectOnEmpty = false
  /** A column can be emptied. */
  readonly omitNull = false
  readonly raw: boolean = false
  readonly plain = false
  readonly nest = false
  readonly mapToModel = false
  readonly fieldMap = undefined
  readonly hasJoin = undefined
  readonly replacements: object | undefined = undefined
  readonly bind: unknown[] | undefined = undefined
  readonly rawErrors = false
  /** The core repeats what may be repeated: the instance would send a write again whose answer was lost. */
  readonly retry = never
  /** A log that fails does not fail the statement, which was sent or even executed before. */
  readonly logging: unknown

  /** The call of the backend that the statement is for. */
  declare readonly [attemptKey]?: Attempt

  constructor(sequelize: Sequelize, attempt?: Attempt) {
    this.logging = loggingOf(sequelize)
    if (attempt) this[attemptKey] = attempt
  }
}

function loggingOf(sequelize: Sequelize): unknown {
  const { logging, query } = (sequelize as unknown as { options: InstanceOptions }).options
  const log = query?.logging ?? logging
  return typeof log === 'function' && log !== console.log ? harmlessOf(log as Logging) : log
}

const known = new WeakMap<Logging, Logging>()

function harmlessOf(log: Logging): Logging {
  let made = known.get(log)
  if (!made) {
    made = harmless(log)
    known.set(log, made)
  }
  return made
}

/** The options of statements of the model. */
export function isolatedOptions(model: ModelStatic<Model>, attempt?: Attempt): IsolatedOptions {
  return new IsolatedOptions(instanceOf(model), attempt)
}

/** What would let a statement find, write or end other rows than it was told. */
const others = Object.freeze({
  limit: undefined,
  offset: undefined,
  order: undefined,
  group: undefined,
  having: undefined,
  include: undefined,
  lock: undefined,
  skipLocked: undefined,
  truncate: undefined,
  paranoid: undefined,
  returning: undefined,
  ignoreDuplicates: undefined,
  updateOnDuplicate: undefined,
})

/** Sequelize copies plain objects, and hooks would change the copy. */
class HookOptions {}

/**
 * The options of a call of Sequelize's own, which its hooks get. A hook may narrow `where`, ask for individual hooks, or add
 * what it likes; it may set the others, to no effect.
 *
 * @param kept What hooks do not change besides.
 * @param open What hooks may change.
 */
export function hookOptions(model: ModelStatic<Model>, attempt: Attempt, kept: object, open: object = {}): object {
  const options = Object.assign(new HookOptions(), { [attemptKey]: attempt })
  for (const [name, value] of Object.entries({ ...others, ...isolatedOptions(model, attempt), ...kept })) {
    const get = Array.isArray(value) ? () => [...value] : () => value
    Object.defineProperty(options, name, { get, set: ignore, enumerable: true, configurable: true })
  }
  Object.defineProperty(options, 'fields', growing())
  return Object.assign(options, open)
}

/** The columns that are written: Sequelize sets them before hooks run, which may only add some. */
function growing(): PropertyDescriptor {
  let fields: readonly string[] = []
  const set = (given: readonly string[]): void => {
    if (fields.every((name) => given.includes(name))) fields = given
  }
  return { get: () => (fields.length > 0 ? fields : undefined), set, enumerable: true, configurable: true }
}

function ignore(): void {}
