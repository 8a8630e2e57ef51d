import { Model, type ModelStatic } from 'sequelize'
import { SessionError } from '../core/errors.js'
import type { Attempt } from '../model/attempt.js'
import type { RowRecord } from '../model/session-table.js'
import { hookOptions } from './isolated-options.js'
import { beforeFind, type Hooked, hasFindHooks } from './listeners.js'

/** The rows of a find: the first ones in this order. */
export interface FoundPart {
  readonly order?: readonly (readonly [string, string])[]
  readonly limit?: number
}

/** The options of a find of sessions, besides `where`. */
interface FindOptions extends FoundPart {
  readonly attributes: readonly string[]
  readonly paranoid?: boolean
}

/**
 * Finds rows by Sequelize's own find, and runs its hooks. A hook may narrow `where`, but decides neither the columns of a
 * session nor how many are found.
 */
export async function findRows(
  model: ModelStatic<Model>,
  attempt: Attempt,
  where: object,
  find: FindOptions,
): Promise<RowRecord[]> {
  const options = hookOptions(model, attempt, find, { where })
  const hooks = model as unknown as Hooked
  const isHooked = hasFindHooks(model)
  if (isHooked) for (const name of beforeFind) await hooks.runHooks(name, options)
  const rows: readonly object[] = await model.findAll({ ...options, hooks: false } as object)
  if (isHooked) await hooks.runHooks('afterFind', rows, options)
  return rows.map((row) => recordOf(model, row, find.attributes))
}

/**
 * Counts rows by Sequelize's own count, and runs its hooks, which may narrow `where`. Resolves to nothing instead of 0, as a
 * find that finds nothing does.
 */
export async function countRows(model: ModelStatic<Model>, attempt: Attempt, where: object): Promise<number[]> {
  const options = hookOptions(model, attempt, {}, { where })
  await (model as unknown as Hooked).runHooks('beforeCount', options)
  const counted: number = await model.count({ ...options, hooks: false } as object)
  return counted > 0 ? [counted] : []
}

/** The row as a record. A `findAll` of the model's own may return plain objects. */
function recordOf(model: ModelStatic<Model>, row: object, attributes: readonly string[]): RowRecord {
  const instance = row instanceof Model ? row : model.build(row as never, { raw: true, isNewRecord: false })
  const record = instance.get() as RowRecord
  const missing = attributes.find((name) => record[name] === undefined)
  if (missing === undefined) return record
  throw new SessionError(
    'BACKEND_FAILED',
    `The model ${model.name} has found a session without its column '${missing}'. ` +
      'Let its static findAll() leave the option `attributes` as it is.',
  )
}
