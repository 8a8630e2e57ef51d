import { type Model, type ModelStatic, QueryTypes, type Sequelize } from 'sequelize'
import type { Attempt } from '../model/attempt.js'
import type { SessionTable } from '../model/session-table.js'
import { Apart } from './apart.js'
import { instanceOf } from './query-generator.js'
import { UpdateParts, type Value, type Write } from './update-parts.js'

/** What Sequelize gets with the statement: the same as in an update of its own. */
class Options extends Apart {
  readonly type = QueryTypes.BULKUPDATE
  readonly model: ModelStatic<Model>
  override readonly bind: unknown[]

  constructor(sequelize: Sequelize, attempt: Attempt, model: ModelStatic<Model>, bind: unknown[]) {
    super(sequelize, attempt)
    this.model = model
    this.bind = bind
  }
}

/** The statement for one write of a shape: Sequelize's own, made once and then replayed. */
export class PreparedUpdate {
  readonly #model: ModelStatic<Model>
  readonly #sql: string
  readonly #values: readonly Value[]

  /** From any write of the shape. */
  constructor(model: ModelStatic<Model>, table: SessionTable, example: Write) {
    const { sql, values } = new UpdateParts(model, table, example, (index) => `$${index + 1}`)
    this.#model = model
    this.#sql = sql
    this.#values = values
  }

  /** How many rows were written; `undefined` where the ORM's own way must be taken. */
  run(write: Write, attempt: Attempt): Promise<number> | undefined {
    const bind: unknown[] = []
    for (const value of this.#values) bind.push(value.bind(write))
    if (bind.includes(undefined)) return undefined
    const sequelize = instanceOf(this.#model)
    const options = new Options(sequelize, attempt, this.#model, bind)
    return sequelize.query(this.#sql, options as never) as unknown as Promise<number>
  }
}
