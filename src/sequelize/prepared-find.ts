import { type Model, type ModelStatic, QueryTypes, type Sequelize } from 'sequelize'
import { Apart } from './apart.js'
import { instanceOf } from './query-generator.js'

/** Stands for the id in the statement; it needs no escaping on any database. */
const marker = 'koa-session-model-id'

/** What Sequelize gets with the statement: as in a find of its own. */
class Options extends Apart {
  readonly type = QueryTypes.SELECT
  readonly model: ModelStatic<Model>
  readonly attributes: readonly string[]
  override readonly replacements: object

  constructor(sequelize: Sequelize, model: ModelStatic<Model>, attributes: readonly string[], replacements: object) {
    super(sequelize)
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

  private constructor(model: ModelStatic<Model>, attributes: readonly string[], sql: string) {
    this.#model = model
    this.#attributes = attributes
    this.#sql = sql
  }

  /** `undefined` where the statement cannot be told from what is logged. Not for a model that {@link needsOwnFind}. */
  static async prepare(model: ModelStatic<Model>, id: string, attributes: string[]): Promise<PreparedFind | undefined> {
    let logged = ''
    const logging = (line: string): void => {
      logged = line
    }
    const options = { ...new Apart(instanceOf(model)), attributes, logging } as object
    await model.findAll({ ...options, benchmark: false, where: { [id]: marker } })
    const [before, after, ...more] = logged.replace(/^Execut(ing|ed) \([^)]*\): /, '').split(` = '${marker}'`)
    if (before === undefined || after === undefined || more.length > 0) return undefined
    return new PreparedFind(model, attributes, `${before} IN (:ids)${after}`)
  }

  async run(ids: readonly string[]): Promise<Model[]> {
    const sequelize = instanceOf(this.#model)
    const options = new Options(sequelize, this.#model, this.#attributes, { ids: [...ids] })
    return (await sequelize.query(this.#sql, options as never)) as unknown as Model[]
  }
}
