import { SessionError } from '../core/errors.js'
import { kindOf } from '../core/options/kinds.js'
import { type AbstractConstructor, metadataOf } from './metadata.js'

/** The mapping that `registerSessionModel` stores on a class: how its rows and conditions are read. */
export interface ModelMapping {
  /** The registry, or the base class, that the model is registered with. */
  readonly registry: object
  /** The clock of the model, if `@SessionModel()` was given one. */
  readonly now: (() => number) | undefined
  /** What stands before each statement: a comment and a blank, or nothing. */
  readonly comment: string
  /** Whether the row is expired now. */
  isExpired(row: object): boolean
  /** A fresh condition of the ORM's own kind, for expired rows (`true`) or living ones (`false`). */
  condition(expired: boolean): unknown
}

const mappingKey: unique symbol = Symbol.for('koa-session-model.mapping') as never

interface Mapped {
  readonly [mappingKey]?: ModelMapping
}

/** Stores the mapping on the class. */
export function setMapping(model: object, mapping: ModelMapping): void {
  Object.defineProperty(model, mappingKey, { value: mapping, configurable: true })
}

/** The mapping of exactly this class, if it is registered. */
export function ownMapping(model: object): ModelMapping | undefined {
  return Object.hasOwn(model, mappingKey) ? (model as Mapped)[mappingKey] : undefined
}

/** The mapping of the class or of its nearest registered superclass. Throws `MODEL_NOT_REGISTERED` if there is none. */
export function mappingOf(model: object): ModelMapping {
  const mapping = (model as Mapped | undefined)?.[mappingKey]
  if (mapping) return mapping
  const what =
    typeof model === 'function'
      ? `The session model ${model.name}`
      : `What was passed (${kindOf(model) ?? 'an object'})`
  throw new SessionError(
    'MODEL_NOT_REGISTERED',
    `${what} is not registered, so it has no table yet. Pass the class to registerSessionModel, and use what that returns.`,
  )
}

/** The key under which a decorated class holds the classes that are registered with its options. */
const usersKey = 'koa-session-model:users'

/**
 * Records that the model uses the table of its options, its own or inherited. Throws `OPTION_INVALID` if a relative has it
 * already: each of the two would drop the columns of the other.
 */
export function claimTable(model: AbstractConstructor): void {
  const { owner, tableName } = metadataOf(model)
  const users: readonly AbstractConstructor[] = Reflect.getOwnMetadata(usersKey, owner) ?? []
  const relative = users.find((user) => user.prototype instanceof model || model.prototype instanceof user)
  if (tableName !== undefined && relative) {
    throw new SessionError(
      'OPTION_INVALID',
      `The session models ${model.name} and ${relative.name}, of which one extends the other, both have the table '${tableName}'. ` +
        'Decorate the subclass with @SessionModel() and a tableName of its own.',
    )
  }
  Reflect.defineMetadata(usersKey, [...users, model], owner)
}

/** Whether the model is registered with `registry`. Throws `MODEL_REGISTERED_ELSEWHERE` if it is registered with another one. */
export function isRegistered(model: object, registry: object): boolean {
  const mapping = ownMapping(model)
  if (!mapping) return false
  if (mapping.registry === registry) return true
  throw new SessionError(
    'MODEL_REGISTERED_ELSEWHERE',
    `The session model ${(model as { name?: string }).name ?? ''} is registered with another registry. ` +
      'Give each registry a class of its own, for instance by a function that makes the class.',
  )
}
