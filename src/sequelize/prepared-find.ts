import { literal, type Model, type ModelStatic, Op, QueryTypes } from 'sequelize'
import type { Attempt } from '../model/attempt.js'
import { apartFor } from './apart.js'
import { aliveCondition } from './ended-rows.js'
import { generatorOf, instanceOf } from './query-generator.js'

const findHooks = ['beforeFind', 'beforeFindAfterExpandIncludeAll', 'beforeFindAfterOptions', 'afterFind'] as const

interface Hooked {
  hasHook(name: string): boolean
}

/**
 * The statement that finds rows by their ids: Sequelize's own, made once and then replayed. Its rows become instances of
 * the model, as those of `findAll` do.
 */
export class PreparedFind {
  readonly #model: ModelStatic<Model>
  readonly #attributes: readonly string[]
  readonly #sql: string

  private constructor(model: ModelStatic<Model>, id: string, attributes: readonly string[]) {
    const generator = generatorOf(model)
    const quote = (name: string): string => generator.quoteIdentifier(name)
    const columnOf = (property: string): string => model.getAttributes()[property]?.field ?? property
    // Not as pairs: `minifyAliases` would give columns other names, which not all dialects take back.
    const columns = attributes.map((name) =>
      columnOf(name) === name ? name : literal(`${quote(columnOf(name))} AS ${quote(name)}`),
    )
    const where = [aliveCondition(model), { [columnOf(id)]: { [Op.in]: literal('(:ids)') } }].filter(Boolean)
    this.#model = model
    this.#attributes = attributes
    this.#sql = generator.selectQuery(model.getTableName(), { attributes: columns, where: { [Op.and]: where } }, model)
  }

  /** `undefined` where the application has hooks on finding, which may change a statement each time. */
  static prepare(model: ModelStatic<Model>, id: string, attributes: readonly string[]): PreparedFind | undefined {
    const hooked = [model, model.sequelize] as unknown as Hooked[]
    if (hooked.some((one) => findHooks.some((name) => one.hasHook(name)))) return undefined
    return new PreparedFind(model, id, attributes)
  }

  async run(ids: readonly string[], attempt: Attempt): Promise<Model[]> {
    const [model, attributes] = [this.#model, this.#attributes]
    const replacements = { ids: [...ids] }
    const options = { ...apartFor(attempt), attributes, type: QueryTypes.SELECT, model, replacements }
    return (await instanceOf(model).query(this.#sql, options as never)) as unknown as Model[]
  }
}
