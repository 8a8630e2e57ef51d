import type { Model, ModelStatic, Sequelize } from 'sequelize'
import type { Attempt } from '../model/attempt.js'
import { harmless } from '../model/harmless.js'
import { attemptKey } from './connection.js'
import { instanceOf } from './query-generator.js'

type Logging = (...args: unknown[]) => unknown

/** The options of an instance that are used and that Sequelize has no types for. */
interface InstanceOptions {
  readonly logging?: unknown
  readonly query?: { readonly logging?: unknown }
}

const never = Object.freeze({ max: 1, timeout: undefined })

/**
 * The options of every session statement, whatever the instance has for its own queries: outside of the application's
 * transactions (`null` also disables CLS; a connection is that of a transaction of ours), never on a replica, and without options that change the result.
 */
export class IsolatedOptions {
  readonly transaction: { readonly connection: object } | null
  readonly useMaster = true
  /** Off: an unknown id is no error. */
  readonly rejectOnEmpty = false
  /** Off: a column can be set to NULL. */
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
  /** Off: the core retries statements that are safe to retry. The instance would also resend a write whose answer was lost. */
  readonly retry = never
  /** The logger, made harmless: its error must not fail a statement that was sent or executed. */
  readonly logging: unknown

  /** The backend's call that the statement is for. */
  declare readonly [attemptKey]?: Attempt

  constructor(sequelize: Sequelize, attempt?: Attempt) {
    this.logging = loggingOf(sequelize)
    this.transaction = transactionOf(attempt)
    if (attempt) this[attemptKey] = attempt
  }
}

/** The options that keep a statement apart from an instance without options for all queries. */
export function isolation(
  sequelize: Sequelize,
  attempt: Attempt,
): Pick<IsolatedOptions, 'transaction' | 'useMaster' | 'retry' | 'logging'> {
  return { transaction: transactionOf(attempt), useMaster: true, retry: never, logging: loggingOf(sequelize) }
}

function transactionOf(attempt: Attempt | undefined): IsolatedOptions['transaction'] {
  return attempt?.connection ? { connection: attempt.connection } : null
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

/** The options of session statements of the model. */
export function isolatedOptions(model: ModelStatic<Model>, attempt?: Attempt): IsolatedOptions {
  return new IsolatedOptions(instanceOf(model), attempt)
}

/** The options, all unset, by which hooks could make a statement find, write or delete other rows. */
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

/** A class, since Sequelize copies plain objects, and hooks would change the copy. */
class HookOptions {}

/**
 * The options of a call of Sequelize's own, which its hooks get. A hook may narrow `where`, request individual hooks, or
 * add options. It may set any other option, without effect.
 *
 * @param kept More options that hooks cannot change.
 * @param open The options that hooks can change.
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

/** The option `fields`: Sequelize sets it before hooks run, which may only add columns. */
function growing(): PropertyDescriptor {
  let fields: readonly string[] = []
  const set = (given: readonly string[]): void => {
    if (fields.every((name) => given.includes(name))) fields = given
  }
  return { get: () => (fields.length > 0 ? fields : undefined), set, enumerable: true, configurable: true }
}

function ignore(): void {}
