import type { Model, ModelStatic, QueryTypes, Sequelize } from 'sequelize'
import type { RowsWritten } from '../core/backend/session-backend.js'
import type { Attempt } from '../model/attempt.js'
import { Apart } from './apart.js'
import type { BatchForm } from './batch-form.js'
import { instanceOf } from './query-generator.js'
import type { Write } from './update-parts.js'

/** What Sequelize gets with the statement: as in an update that returns rows. */
class Options extends Apart {
  readonly returning = true
  override readonly raw = true
  readonly model: ModelStatic<Model>
  readonly type: QueryTypes
  override readonly bind: unknown[]

  constructor(sequelize: Sequelize, attempt: Attempt, model: ModelStatic<Model>, type: QueryTypes, bind: unknown[]) {
    super(sequelize, attempt)
    this.model = model
    this.type = type
    this.bind = bind
  }
}

/** The statement for many writes of one shape: Sequelize's own update, on a list of values. */
export class PreparedBatch {
  readonly #model: ModelStatic<Model>
  readonly #form: BatchForm

  constructor(model: ModelStatic<Model>, form: BatchForm) {
    this.#model = model
    this.#form = form
  }

  /** Tells for each row whether it was written. */
  async run(writes: readonly Write[], attempt: Attempt): Promise<RowsWritten> {
    const written: (true | null)[] = Array(writes.length).fill(null)
    for (const { n } of await this.#query(writes, attempt)) written[this.#form.numberOf(n, writes)] = true
    return written
  }

  async #query(writes: readonly Write[], attempt: Attempt): Promise<readonly { readonly n: unknown }[]> {
    const { beginning, end, type } = this.#form
    const bind: unknown[] = []
    const list = this.#list(writes, bind)
    if (list === '') return []
    const sequelize = instanceOf(this.#model)
    const options = new Options(sequelize, attempt, this.#model, type, bind)
    return (await sequelize.query(beginning + list + end, options as never)) as never
  }

  /**
   * The rows of the list, and their values in `bind`. What a row has in common with the one before is sent once. A row whose
   * values must go the ORM's own way is left out.
   */
  #list(writes: readonly Write[], bind: unknown[]): string {
    const { values: columns, casts } = this.#form
    const rows: string[] = []
    const places: string[] = []
    let last: readonly unknown[] = []
    for (const [n, write] of writes.entries()) {
      const values = columns.map((column) => column.bind(write))
      if (values.includes(undefined)) continue
      for (const [index, value] of values.entries()) {
        if (rows.length > 0 && value === last[index]) continue
        places[index] = `$${bind.push(value)}`
      }
      const cells = rows.length > 0 ? places : places.map((place, index) => place + casts[index])
      rows.push(`(${cells.join(', ')}, ${n})`)
      last = values
    }
    return rows.join(', ')
  }
}
