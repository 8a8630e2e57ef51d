import { ConnectionError, type DestroyOptions, type Model, type ModelStatic, Op, type WhereOptions } from 'sequelize'
import {
  type BackendCall,
  type BackendCapabilities,
  type BackendFailure,
  type ExpiredRow,
  type FailureReason,
  type PassedRows,
  type RowFilter,
  type RowsWritten,
  type RowTouch,
  type RowUpdate,
  type SessionBackend,
  type SessionColumn,
  type SessionRow,
  sessionBackend,
} from '../core/backend/session-backend.js'
import { Attempt } from '../model/attempt.js'
import { insertMakingRoom } from '../model/make-room.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { apartFor, hookOptions } from './apart.js'
import { createRow, withoutDefaults } from './create-row.js'
import { removeEnded } from './ended-rows.js'
import { expiryCondition } from './expired.js'
import { ExpiredRows } from './expired-rows.js'
import { explain, failureOf, failureOfSequelize } from './failures.js'
import { isOneOf, matching } from './matching.js'
import { findRows, needsOwnFind } from './own-find.js'
import { PreparedFind } from './prepared-find.js'
import { instanceOf } from './query-generator.js'
import { explainRefusal } from './refusal.js'
import { type InitializedModel, type RegisteredSequelizeModel, registrationOf } from './registration.js'
import { RowWriter } from './row-writer.js'
import { forgetUnopened, forgetVersion } from './statements.js'
import type { Write } from './update-parts.js'
import { writeGateOf } from './write-gate.js'

/**
 * Sessions in the table of a sequelize-typescript model. `session({ model })` makes one by itself.
 *
 * Hooks run as for the static methods of a model: create hooks for each new session, bulk hooks for updates and
 * deletions. Default scopes do not apply.
 */
export class SequelizeSessionBackend<Columns extends object = object> implements SessionBackend<Columns> {
  declare readonly columnTypes?: Columns
  readonly #registration: RegisteredSequelizeModel
  #current: InitializedModel | undefined
  #unscoped: ModelStatic<Model> | undefined
  #preparedFind: PreparedFind | undefined
  #rowWriter: RowWriter | undefined
  #columns: readonly SessionColumn[] | undefined

  /** Throws `MODEL_NOT_REGISTERED` if the model has not been passed to `registerSessionModel`. */
  constructor(model: object) {
    this.#registration = registrationOf(model)
  }

  get capabilities(): BackendCapabilities {
    return this.#writer.capabilities
  }

  get columns(): readonly SessionColumn[] {
    return this.#table.columns
  }

  get now(): (() => number) | undefined {
    return this.#registration.now
  }

  failureOf(error: unknown): BackendFailure {
    return failureOf(error)
  }

  explain(error: unknown): FailureReason {
    return explain(error)
  }

  async find(ids: readonly string[], call?: BackendCall): Promise<readonly SessionRow[]> {
    if (ids.length === 0) return []
    return this.#run(call, async (attempt) => {
      if (needsOwnFind(this.#model)) return this.#select(attempt, this.#ids(ids))
      const table = this.#table
      const rows = (await this.#find.run(ids, attempt)).map((row) => table.toRow(row.get() as RowRecord))
      const wanted = new Set(ids)
      return rows.filter((row) => wanted.has(row.id)) // MySQL and MariaDB do not see blanks at the end
    })
  }

  async insert(rows: readonly SessionRow[], call?: BackendCall): Promise<void> {
    const ids = rows.map((row) => row.id)
    await this.#write(call, (attempt) =>
      insertMakingRoom(
        () => this.#insert(attempt, rows.map((row) => this.#record(row)) as never[]),
        () => removeEnded(this.#model, attempt, this.#table.id, ids),
        failureOf,
      ),
    )
  }

  async update(updates: readonly RowUpdate[], call?: BackendCall): Promise<RowsWritten> {
    const writer = this.#writer
    return this.#writeRows(call, () => updates.map((update) => writer.updateOf(update)))
  }

  async touch(touches: readonly RowTouch[], call?: BackendCall): Promise<RowsWritten> {
    const writer = this.#writer
    return this.#writeRows(call, () => touches.map((touch) => writer.touchOf(touch)))
  }

  async delete(ids: readonly string[], call?: BackendCall): Promise<number> {
    return this.#destroy(call, { where: this.#ids(ids) })
  }

  async list(where: RowFilter, now: Date, limit: number, call?: BackendCall): Promise<readonly SessionRow[]> {
    const condition = { ...this.#matching(where), ...expiryCondition(this.#table, false, now) }
    return this.#run(call, (attempt) => this.#select(attempt, condition, limit))
  }

  async deleteWhere(where: RowFilter, except: readonly string[], call?: BackendCall): Promise<number> {
    const others = { [this.#table.id]: { [Op.notIn]: [...except] } }
    return this.#destroy(call, { where: { [Op.and]: [this.#matching(where), others] } })
  }

  async deleteAll(call?: BackendCall): Promise<number> {
    return this.#destroy(call, { where: {} })
  }

  async findExpired(now: Date, limit: number, passed: PassedRows, call?: BackendCall): Promise<readonly ExpiredRow[]> {
    return this.#run(call, (attempt) => this.#expired.find(attempt, now, limit, passed))
  }

  async deleteExpired(now: Date, ids: readonly string[], call?: BackendCall): Promise<number> {
    return this.#destroy(call, { where: this.#expired.matching(now, ids), force: true })
  }

  async hasUnreadable(call?: BackendCall): Promise<boolean> {
    return this.#run(call, (attempt) => this.#expired.hasUnreadable(attempt))
  }

  get #expired(): ExpiredRows {
    return new ExpiredRows(this.#model, this.#table)
  }

  get #table(): SessionTable {
    return this.#initialized.table
  }

  /** Asked for each time: a model that is added to an instance again is initialized again. */
  get #initialized(): InitializedModel {
    const initialized = this.#registration.initialized()
    if (initialized !== this.#current) {
      this.#current = initialized
      this.#unscoped = initialized.model.unscoped()
      this.#preparedFind = undefined
      this.#rowWriter = undefined
    }
    return initialized
  }

  get #model(): ModelStatic<Model> {
    const { model } = this.#initialized
    return this.#unscoped ?? model
  }

  /** Statements are for the columns that the table had: an association may have added one. */
  #forgetOldStatements({ columns }: SessionTable): void {
    if (columns === this.#columns) return
    this.#columns = columns
    this.#preparedFind = undefined
    this.#rowWriter = undefined
  }

  get #writer(): RowWriter {
    this.#forgetOldStatements(this.#table)
    this.#rowWriter ??= new RowWriter(this.#model, this.#table)
    return this.#rowWriter
  }

  get #find(): PreparedFind {
    const table = this.#table
    this.#forgetOldStatements(table)
    this.#preparedFind ??= new PreparedFind(this.#model, table.id, table.properties)
    return this.#preparedFind
  }

  #record(row: SessionRow): RowRecord {
    return withoutDefaults(this.#model, this.#table, this.#table.toRecord(row))
  }

  async #insert(attempt: Attempt, records: readonly never[]): Promise<void> {
    const [only, ...others] = records
    await explainRefusal<unknown>(() => {
      if (only && others.length === 0) return createRow(this.#model, attempt, only)
      return this.#model.bulkCreate(records, { ...apartFor(this.#model, attempt), validate: true } as object)
    })
  }

  async #select(attempt: Attempt, where: WhereOptions, limit?: number): Promise<SessionRow[]> {
    const table = this.#table
    const page = limit === undefined ? {} : { limit, order: [[table.expires, 'ASC']] as [string, string][] }
    const records = await findRows(this.#model, attempt, where, { ...page, attributes: table.properties })
    return records.map((record) => table.toRow(record))
  }

  #destroy(call: BackendCall | undefined, options: DestroyOptions): Promise<number> {
    return this.#write(call, (attempt) => this.#model.destroy(hookOptions(this.#model, attempt, {}, options)))
  }

  #ids(ids: readonly string[]): WhereOptions {
    return isOneOf(this.#model, this.#table.id, ids)
  }

  #matching(where: RowFilter): WhereOptions {
    return matching(this.#model, where, this.#table.id)
  }

  #writeRows(call: BackendCall | undefined, writes: () => readonly Write[]): Promise<RowsWritten> {
    return this.#write(call, (attempt) => this.#writer.writeAll(writes(), attempt))
  }

  /** Where there is one connection for all: while no transaction of the application is open. */
  #write<T>(call: BackendCall | undefined, write: (attempt: Attempt) => Promise<T>): Promise<T> {
    return this.#run(call, async (attempt) => {
      if (!this.#writer.isReady) await this.#writer.prepare(attempt)
      const gate = writeGateOf(this.#model.sequelize)
      return gate ? gate.write(() => write(attempt)) : write(attempt)
    })
  }

  /** Notes what a failure means for the call: one that is not of its statements is of Sequelize's pool, or of a hook. */
  async #run<T>(call: BackendCall | undefined, work: (attempt: Attempt) => Promise<T>): Promise<T> {
    const attempt = new Attempt(call)
    attempt.waits(() => forgetVersion(instanceOf(this.#model)))
    try {
      return await work(attempt)
    } catch (error) {
      if (error instanceof ConnectionError) forgetUnopened(instanceOf(this.#model))
      attempt.judge(error, attempt.hasSent ? undefined : failureOfSequelize(error))
      throw error
    }
  }
}

/** Lets the model make a backend of itself. */
export function giveBackend(model: object): void {
  const makeBackend = (): SequelizeSessionBackend => new SequelizeSessionBackend(model)
  Object.defineProperty(model, sessionBackend, { value: makeBackend, configurable: true })
}
