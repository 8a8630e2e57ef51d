import { type Model, type ModelStatic, QueryTypes, Utils, type WhereOptions } from 'sequelize'
import type { BackendCapabilities, RowsWritten, RowTouch, RowUpdate } from '../core/backend/session-backend.js'
import type { Attempt } from '../model/attempt.js'
import { inTurn } from '../model/in-turn.js'
import { knownColumns, type ShownColumn } from '../model/known-columns.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { apartFor, hookOptions } from './apart.js'
import { type BatchForm, isRefused, postgresForm, sqliteForm, type Types, typesOf } from './batch-form.js'
import { isMysql } from './columns.js'
import { writtenValue } from './declared.js'
import { expiryCondition } from './expired.js'
import { failureOf } from './failures.js'
import { isOneOf } from './matching.js'
import { areGuarded, needsOwnWay, updateDate } from './own-way.js'
import { PreparedBatch } from './prepared-batch.js'
import { PreparedUpdate } from './prepared-update.js'
import { generatorOf, instanceOf } from './query-generator.js'
import { explainRefusal } from './refusal.js'
import { keptValues, shapeOf, Write } from './update-parts.js'
import { writeGateOf } from './write-gate.js'

/** Writes to the rows of one table. */
export class RowWriter {
  readonly #model: ModelStatic<Model>
  readonly #table: SessionTable
  readonly #updateDate: string | undefined
  /** By shape; `null` for one that the ORM's own way must be taken for. */
  readonly #prepared = new Map<string, PreparedUpdate | null>()
  /** By shape. */
  readonly #batches = new Map<string, PreparedBatch>()
  readonly #dialect: string
  /** Whether the database tells which rows it wrote. Not where writes wait for each other: they may be within another. */
  readonly #canBatch: boolean
  readonly #batchedWrites: BackendCapabilities
  #types: Types | undefined
  /** Sequelize makes it anew when columns change, with what guards them. */
  #attributes: unknown
  #isReady: boolean

  constructor(model: ModelStatic<Model>, table: SessionTable) {
    this.#model = model
    this.#table = table
    this.#updateDate = updateDate(model)
    this.#dialect = instanceOf(model).getDialect()
    this.#isReady = !isMysql(this.#dialect)
    this.#canBatch = ['postgres', 'sqlite'].includes(this.#dialect) && !writeGateOf(instanceOf(model))
    this.#batchedWrites = Object.freeze({ ...table.capabilities, batchedWrites: true })
  }

  /** Whether the table is known well enough to be written to. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** Asks MySQL what the columns hold: it may cut off what is too long, or store question marks. */
  async prepare(attempt: Attempt): Promise<void> {
    const query = `SHOW FULL COLUMNS FROM ${generatorOf(this.#model).quoteTable(this.#model.getTableName())}`
    const options = { ...apartFor(this.#model, attempt), type: QueryTypes.SELECT, raw: true }
    const answer: unknown = await instanceOf(this.#model).query(query, options as never)
    const shown = answer as readonly ShownColumn[]
    const attributes = Object.entries(this.#model.getAttributes())
    const names = attributes.map(([name, { field }]) => [name, field ?? name] as const)
    this.#table.learn(knownColumns(shown, names))
    this.#isReady = true
  }

  /** Those of the table, and whether writes go together now: hooks may be added at any time. */
  get capabilities(): BackendCapabilities {
    return this.#isBatched ? this.#batchedWrites : this.#table.capabilities
  }

  /** What an update writes, and where. */
  updateOf({ id, version, now, values }: RowUpdate): Write {
    return new Write(id, version, now, this.#record(this.#table.toRecord(values)))
  }

  /** What a touch writes, and where. */
  touchOf({ id, version, now, expires }: RowTouch): Write {
    return new Write(id, version, now, this.#record(this.#table.toRecord({ expires })))
  }

  /** Whether several rows are written in one statement. */
  get #isBatched(): boolean {
    return this.#canBatch && !needsOwnWay(this.#model)
  }

  /** Writes each row. Several go together where that is possible. */
  async writeAll(writes: readonly Write[], attempt: Attempt): Promise<RowsWritten> {
    this.#forgetOld()
    if (writes.length > 1 && this.#isBatched) return this.#writeTogether(writes, attempt)
    return inTurn(writes, (write) => this.#write(write, attempt), failureOf)
  }

  #forgetOld(): void {
    const { tableAttributes } = this.#model as unknown as { tableAttributes: unknown }
    if (tableAttributes === this.#attributes) return
    this.#attributes = tableAttributes
    this.#prepared.clear()
    this.#batches.clear()
  }

  /** As Sequelize's own update, which writes the date of the update only with something else. */
  #record(values: RowRecord): RowRecord {
    const record: RowRecord = {}
    for (const [name, value] of Object.entries(values)) record[name] = writtenValue(this.#model, name, value)
    const date = this.#updateDate
    if (date !== undefined && Object.keys(record).length > 0) {
      record[date] = Utils.now(this.#dialect)
    }
    return record
  }

  /** In one statement. What is not of the shape of the first one, or changes an id, is for statements of its own. */
  async #writeTogether(writes: readonly Write[], attempt: Attempt): Promise<RowsWritten> {
    const [example] = writes
    if (!example || this.#table.id in example.record || !this.#isPlain(example)) return writes.map(() => null)
    const shape = shapeOf(example)
    const same = writes.filter((write) => shapeOf(write) === shape)
    const written = await this.#writeBatch(shape, same, attempt)
    return writes.map((write) => written[same.indexOf(write)] ?? null)
  }

  async #writeBatch(shape: string, writes: readonly Write[], attempt: Attempt): Promise<RowsWritten> {
    try {
      const batch = await this.#prepareBatch(shape, writes[0] as Write, attempt)
      return await batch.run(writes, attempt)
    } catch (error) {
      if (isRefused(error)) return []
      throw error
    }
  }

  async #prepareBatch(shape: string, example: Write, attempt: Attempt): Promise<PreparedBatch> {
    let batch = this.#batches.get(shape)
    if (!batch) {
      batch = new PreparedBatch(this.#model, await this.#formOf(example, attempt))
      keep(this.#batches, shape, batch)
    }
    return batch
  }

  async #formOf(example: Write, attempt: Attempt): Promise<BatchForm> {
    if (this.#dialect === 'sqlite') return sqliteForm(this.#model, this.#table, example)
    this.#types ??= await typesOf(this.#model, attempt)
    return postgresForm(this.#model, this.#table, example, this.#types)
  }

  /** Tells whether the row was there as the guard says. */
  async #write(write: Write, attempt: Attempt): Promise<boolean> {
    const written = await explainRefusal(() => this.#replay(write, attempt) ?? this.#update(write, attempt))
    return written === 1
  }

  #replay(write: Write, attempt: Attempt): Promise<number> | undefined {
    return needsOwnWay(this.#model) ? undefined : this.#prepare(write)?.run(write, attempt)
  }

  #prepare(write: Write): PreparedUpdate | null {
    const shape = shapeOf(write)
    let prepared = this.#prepared.get(shape)
    if (prepared === undefined) {
      prepared = this.#isPlain(write) ? new PreparedUpdate(this.#model, this.#table, write) : null
      keep(this.#prepared, shape, prepared)
    }
    return prepared
  }

  /** Whether Sequelize does nothing more with what is written than to write it. */
  #isPlain({ record }: Write): boolean {
    const names = Object.keys(record)
    return names.length > 0 && !areGuarded(this.#model, names)
  }

  /** The ORM's own way. */
  async #update({ id, version, now, record }: Write, attempt: Attempt): Promise<number> {
    const table = this.#table
    const where = {
      ...isOneOf(this.#model, table.id, [id]),
      ...(table.version !== undefined && { [table.version]: version }),
      ...expiryCondition(table, false, now),
    } as WhereOptions
    const values = { ...record, ...keptValues(this.#model, table, record) }
    const [written] = await this.#model.update(values, hookOptions(this.#model, attempt, {}, { where }) as never)
    return written
  }
}

/** How many statements are kept: requests that change many columns in all combinations have no end of shapes. */
const mostKept = 100

function keep<Statement>(statements: Map<string, Statement>, shape: string, statement: Statement): void {
  if (statements.size >= mostKept) statements.clear()
  statements.set(shape, statement)
}
