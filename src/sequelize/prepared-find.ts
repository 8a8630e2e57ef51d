import { literal, type Model, type ModelStatic, Op, QueryTypes, type Sequelize } from 'sequelize'
import type { Attempt } from '../model/attempt.js'
import { Apart } from './apart.js'
import { aliveCondition } from './ended-rows.js'
import { generatorOf, instanceOf } from './query-generator.js'

/** What Sequelize gets with the statement: as in a find of its own. */
class Options extends Apart {
  readonly type = QueryTypes.SELECT
  readonly model: ModelStatic<Model>
  readonly attributes: readonly string[]
  override readonly replacements: object

  constructor(
    sequelize: Sequelize,
    attempt: Attempt,
    model: ModelStatic<Model>,
    attributes: readonly string[],
    replacements: object,
  ) {
    super(sequelize, attempt)
    this.model = model
    this.attributes = attributes
    this.replacements = replacements
  }
}

/**
 * The statement that finds rows by their ids: Sequelize's own, made once and then replayed. Its rows become instances of
 * the model, as those of `findAll` do.
 */
export class PreparedFind {
  readonly #model: ModelStatic<Model>
  readonly #attributes: readonly string[]
  readonly #sql: string

  /** Not for a model that needs a find of its own. */
  constructor(model: ModelStatic<Model>, id: string, attributes: readonly string[]) {
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

  async run(ids: readonly string[], attempt: Attempt): Promise<Model[]> {
    const sequelize = instanceOf(this.#model)
    const options = new Options(sequelize, attempt, this.#model, this.#attributes, { ids: [...ids] })
    return (await sequelize.query(this.#sql, options as never)) as unknown as Model[]
  }
}
