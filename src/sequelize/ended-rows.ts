import { type DestroyOptions, type Model, type ModelStatic, Op, type WhereOptions } from 'sequelize'
import type { Attribute } from './columns.js'

/** Removes what is left of ended sessions with these ids, never a living one, and tells how many rows that were. */
export async function removeEnded(
  model: ModelStatic<Model>,
  idProperty: string,
  ids: readonly string[],
  options: DestroyOptions,
): Promise<number> {
  const { paranoid, timestamps, deletedAt } = model.options
  if (!paranoid || !timestamps) return 0
  const marked = endedCondition(model, typeof deletedAt === 'string' ? deletedAt : 'deletedAt')
  const where = { [Op.and]: [{ [idProperty]: [...ids] }, marked] } as WhereOptions
  return model.destroy({ ...options, where, force: true })
}

/** The opposite of the condition that Sequelize adds to what it finds. */
function endedCondition(model: ModelStatic<Model>, deletedAt: string): WhereOptions {
  const { defaultValue } = model.getAttributes()[deletedAt] as Attribute
  const alive = defaultValue || { [Op.eq]: null }
  return { [Op.not]: { [deletedAt]: alive } } as WhereOptions
}
