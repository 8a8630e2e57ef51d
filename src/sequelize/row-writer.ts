import { type Model, type ModelStatic, Utils, type WhereOptions } from 'sequelize'
import type { RowsWritten, RowTouch, RowUpdate } from '../core/backend.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { apart } from './apart.js'
import { writtenValue } from './declared.js'
import { expiryCondition } from './expired.js'
import { idIn } from './matching.js'
import { areGuarded, isHeard, updateDate } from './own-way.js'
import { PreparedUpdate } from './prepared-update.js'
import { explainRefusal } from './refusal.js'
import { shapeOf, Write } from './update-parts.js'

/** Writes to the rows of one table. */
export class RowWriter {
  readonly #model: ModelStatic<Model>
  readonly #table: SessionTable
  readonly #updateDate: string | undefined
  /** By shape; `null` for one that the ORM's own way must be taken for. */
  readonly #prepared = new Map<string, PreparedUpdate | null>()

  constructor(model: ModelStatic<Model>, table: SessionTable) {
    this.#model = model
    this.#table = table
    this.#updateDate = updateDate(model)
  }

  /** What an update writes, and where. */
  updateOf({ id, version, now, values }: RowUpdate): Write {
    return new Write(id, version, now, this.#record(this.#table.toRecord(values)))
  }

  /** What a touch writes, and where. */
  touchOf({ id, version, now, expires }: RowTouch): Write {
    return new Write(id, version, now, this.#record(this.#table.toRecord({ expires })))
  }

  /** Writes each row. */
  async writeAll(writes: readonly Write[]): Promise<RowsWritten> {
    const written: boolean[] = []
    for (const write of writes) written.push(await this.#write(write))
    return written
  }

  /** As Sequelize's own update, which writes the date of the update only with something else. */
  #record(values: RowRecord): RowRecord {
    const record: RowRecord = {}
    for (const [name, value] of Object.entries(values)) record[name] = writtenValue(this.#model, name, value)
    const date = this.#updateDate
    if (date !== undefined && Object.keys(record).length > 0) {
      record[date] = Utils.now(this.#model.sequelize?.getDialect() ?? '')
    }
    return record
  }

  /** Tells whether the row was there as the guard says. */
  async #write(write: Write): Promise<boolean> {
    const written = await explainRefusal(() => this.#replay(write) ?? this.#update(write))
    return written === 1
  }

  #replay(write: Write): Promise<number> | undefined {
    return isHeard(this.#model) ? undefined : this.#prepare(write)?.run(write)
  }

  #prepare(write: Write): PreparedUpdate | null {
    const shape = shapeOf(write)
    let prepared = this.#prepared.get(shape)
    if (prepared === undefined) {
      const names = Object.keys(write.record)
      const isPlain = names.length > 0 && !areGuarded(this.#model, names)
      prepared = isPlain ? new PreparedUpdate(this.#model, this.#table, write) : null
      keep(this.#prepared, shape, prepared)
    }
    return prepared
  }

  /** The ORM's own way. */
  async #update({ id, version, now, record }: Write): Promise<number> {
    const table = this.#table
    const where = {
      ...idIn(this.#model, table.id, [id]),
      ...(table.version !== undefined && { [table.version]: version }),
      ...expiryCondition(table, false, now),
    } as WhereOptions
    const [written] = await this.#model.update(record, { ...apart, where })
    return written
  }
}

/** How many statements are kept: requests that change many columns in all combinations have no end of shapes. */
const mostKept = 100

function keep<Statement>(statements: Map<string, Statement>, shape: string, statement: Statement): void {
  if (statements.size >= mostKept) statements.clear()
  statements.set(shape, statement)
}
