import { type Model, type ModelStatic, QueryTypes } from 'sequelize'

/** Stands for the id in the statement; it needs no escaping on any database. */
const marker = 'koa-session-model-id'

const findHooks = ['beforeFind', 'beforeFindAfterExpandIncludeAll', 'beforeFindAfterOptions', 'afterFind'] as const

interface Hooked {
  hasHook(name: string): boolean
}

type Options = Readonly<Record<string, unknown>>

/**
 * The statement that finds rows by their ids: Sequelize's own, made once and then replayed. Its rows become instances of
 * the model, as those of `findAll` do.
 */
export class PreparedFind {
  readonly #model: ModelStatic<Model>
  readonly #options: Options
  readonly #sql: string

  private constructor(model: ModelStatic<Model>, options: Options, sql: string) {
    this.#model = model
    this.#options = options
    this.#sql = sql
  }

  /** `undefined` where the application has hooks on finding, which may change a statement each time. */
  static async prepare(model: ModelStatic<Model>, id: string, options: Options): Promise<PreparedFind | undefined> {
    const hooked = [model, model.sequelize] as unknown as Hooked[]
    if (hooked.some((one) => findHooks.some((name) => one.hasHook(name)))) return undefined
    let logged = ''
    const logging = (line: string): void => {
      logged = line
    }
    await model.findAll({ ...options, logging, benchmark: false, where: { [id]: marker } })
    const [before, after, ...more] = logged.replace(/^Execut(ing|ed) \([^)]*\): /, '').split(` = '${marker}'`)
    if (before === undefined || after === undefined || more.length > 0) return undefined
    return new PreparedFind(model, options, `${before} IN (:ids)${after}`)
  }

  async run(ids: readonly string[]): Promise<Model[]> {
    const { sequelize } = this.#model
    const replacements = { ids: [...ids] }
    const options = { ...this.#options, type: QueryTypes.SELECT, model: this.#model, replacements }
    return ((await sequelize?.query(this.#sql, options as never)) ?? []) as Model[]
  }
}
