import { type Model, type ModelStatic, Op, type WhereOptions } from 'sequelize'
import type { Attempt } from '../model/attempt.js'
import { hookOptions } from './isolated-options.js'
import type { Attribute } from './columns.js'

/** Removes what is left of ended sessions with these ids, never a living one, and tells how many rows that were. */
export async function removeEnded(
  model: ModelStatic<Model>,
  attempt: Attempt,
  idProperty: string,
  ids: readonly string[],
): Promise<number> {
  const alive = aliveCondition(model)
  if (!alive) return 0
  const where = { [Op.and]: [{ [idProperty]: [...ids] }, { [Op.not]: alive }] } as WhereOptions
  return model.destroy(hookOptions(model, attempt, {}, { where, force: true }))
}

/** The condition that Sequelize adds to what it finds and updates, if it keeps ended rows. */
export function aliveCondition(model: ModelStatic<Model>): WhereOptions | undefined {
  const { paranoid, timestamps, deletedAt } = model.options
  if (!paranoid || !timestamps) return undefined
  const property = typeof deletedAt === 'string' ? deletedAt : 'deletedAt'
  const { defaultValue, field } = model.getAttributes()[property] as Attribute
  return { [field ?? property]: defaultValue || { [Op.eq]: null } } as WhereOptions
}
