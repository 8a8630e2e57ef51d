import { type Model, type ModelStatic, QueryTypes } from 'sequelize'
import type { Attempt } from '../model/attempt.js'
import type { SessionTable } from '../model/session-table.js'
import { apart } from './apart.js'
import { instanceOf } from './query-generator.js'
import { attemptKey } from './statements.js'
import { UpdateParts, type Value, type Write } from './update-parts.js'

/** What Sequelize gets with the statement: the same as in an update of its own. */
class Options {
  readonly transaction = apart.transaction
  readonly useMaster = apart.useMaster
  readonly retry = apart.retry
  readonly type = QueryTypes.BULKUPDATE
  readonly model: ModelStatic<Model>
  readonly bind: unknown[]
  readonly [attemptKey]: Attempt

  constructor(model: ModelStatic<Model>, bind: unknown[], attempt: Attempt) {
    this.model = model
    this.bind = bind
    this[attemptKey] = attempt
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
    return instanceOf(this.#model).query(
      this.#sql,
      new Options(this.#model, bind, attempt) as never,
    ) as unknown as Promise<number>
  }
}
