import type { Model, ModelStatic, QueryTypes, Sequelize } from 'sequelize'
import type { Attempt } from '../model/attempt.js'
import { attemptKey } from './connection.js'
import { IsolatedOptions, isolation } from './isolated-options.js'
import { instanceOf } from './query-generator.js'

/** The options that statements differ in. */
export interface StatementOptions {
  readonly type: QueryTypes
  /** Whether rows are found as plain objects rather than instances of the model. */
  readonly raw: boolean
  readonly bind?: readonly unknown[]
  /** Values that Sequelize writes into the statement as literals. */
  readonly replacements?: object
  readonly attributes?: readonly string[]
  readonly returning?: boolean
}

/**
 * The options of a statement of `sql/`, as Sequelize gives them to its own. Sequelize copies them several times, key by key,
 * which takes a good part of the time of a statement: so only an instance with options for all queries gets those that
 * undo them.
 */
export function statementOptions(model: ModelStatic<Model>, attempt: Attempt, own: StatementOptions): object {
  const instance = instanceOf(model)
  if (hasQueryOptions(instance)) return { ...new IsolatedOptions(instance, attempt), model, ...own }
  const { transaction, useMaster, retry, logging } = isolation(instance, attempt)
  const { type, raw, bind, replacements, attributes, returning } = own
  // V8 takes 8 µs to spread objects around a symbol as key, and Sequelize is slow to copy the result.
  return {
    [attemptKey]: attempt,
    transaction,
    useMaster,
    retry,
    logging,
    model,
    type,
    raw,
    bind,
    replacements,
    attributes,
    returning,
  }
}

function hasQueryOptions(instance: Sequelize): boolean {
  const { query } = (instance as unknown as { options: { readonly query?: object } }).options
  for (const _ in query) return true
  return false
}
