import { ConnectionError, type DestroyOptions, type Model, type ModelStatic, Op, type WhereOptions } from 'sequelize'
import {
  type BackendCall,
  type BackendCapabilities,
  type BackendFailure,
  type ExpiredRow,
  type FailureReason,
  type IdPage,
  type LivingRows,
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
import type { SessionTable } from '../model/session-table.js'
import { insertMakingRoom } from '../sql/make-room.js'
import type { RowWriter } from '../sql/row-writer.js'
import { type TableAccess, tableAccess } from '../sql/table-access.js'
import type { Write } from '../sql/write.js'
import { forgetUnopened, forgetVersion } from './connection.js'
import { ExpiredRows } from './expired-rows.js'
import { explain, failureOf, failureOfSequelize } from './failures.js'
import { countRows, type FoundPart, findRows } from './find-rows.js'
import { insertRows, removeSoftDeleted } from './insert-rows.js'
import { hookOptions } from './isolated-options.js'
import { needsOrmFind } from './listeners.js'
import { instanceOf } from './query-generator.js'
import { type InitializedModel, type RegisteredSequelizeModel, registrationOf } from './registration.js'
import { type Statements, statementsOf } from './statements.js'
import { SequelizeTableAccess } from './table-access.js'
import { expiryCondition, isOneOf, livingWhere, whereOf, withCondition } from './where.js'

/**
 * Stores sessions in the table of a sequelize-typescript model. `session({ model })` makes one by itself.
 *
 * Hooks run as for the static methods of a model: create hooks for each new session, bulk hooks for updates and deletions.
 * Default scopes do not apply.
 * @see docs/sequelize.md
 */
export class SequelizeSessionBackend<Columns extends object = object> implements SessionBackend<Columns> {
  declare readonly columnTypes?: Columns
  readonly #registration: RegisteredSequelizeModel
  #current: InitializedModel | undefined
  #unscoped: ModelStatic<Model> | undefined
  #prepared: Statements | undefined

  /** @throws `MODEL_NOT_REGISTERED` if the model has not been passed to `registerSessionModel`. */
  constructor(model: object) {
    this.#registration = registrationOf(model)
  }

  get capabilities(): BackendCapabilities {
    return this.#table.capabilities
  }

  get columns(): readonly SessionColumn[] {
    return this.#table.columns
  }

  get now(): (() => number) | undefined {
    return this.#registration.now
  }

  batchesWrites(): boolean {
    return this.#writer.isBatched
  }

  failureOf(error: unknown): BackendFailure {
    return failureOf(error)
  }

  explain(error: unknown): FailureReason {
    return explain(error)
  }

  async find(ids: readonly string[], call?: BackendCall): Promise<readonly SessionRow[]> {
    if (ids.length === 0) return []
    return this.#run(call, (attempt) =>
      needsOrmFind(this.#model) ? this.#select(attempt, this.#ids(ids)) : this.#statements.find.find(attempt, ids),
    )
  }

  async insert(rows: readonly SessionRow[], call?: BackendCall): Promise<void> {
    const ids = rows.map((row) => row.id)
    await this.#write(call, (attempt) =>
      insertMakingRoom(
        () => insertRows(this.#model, attempt, this.#table, rows),
        () => removeSoftDeleted(this.#model, attempt, this.#table.id, ids),
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
    return this.#run(call, (attempt) => this.#select(attempt, condition, firstBy(this.#table.expires, limit)))
  }

  async listById(where: RowFilter, page: IdPage, call?: BackendCall): Promise<readonly SessionRow[]> {
    const condition = livingWhere(this.#matching(where), this.#table, page)
    return this.#run(call, (attempt) => this.#select(attempt, condition, firstBy(this.#table.id, page.limit)))
  }

  async count(where: RowFilter, living: LivingRows, call?: BackendCall): Promise<number> {
    const found = livingWhere(this.#matching(where), this.#table, living)
    return this.#run(call, async (attempt) => {
      const count = (condition?: string) => countRows(this.#model, attempt, withCondition(found, condition))
      return (await this.#statements.find.guard.select(attempt, count))[0] ?? 0
    })
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
    return this.#destroy(call, { where: this.#expired.where(now, ids), force: true })
  }

  async hasUnreadable(call?: BackendCall): Promise<boolean> {
    return this.#run(call, (attempt) => this.#expired.hasUnreadable(attempt))
  }

  /** For the command line. */
  [tableAccess](): TableAccess {
    return new SequelizeTableAccess(this.#model, this.#table)
  }

  get #expired(): ExpiredRows {
    return new ExpiredRows(this.#model, this.#table)
  }

  get #table(): SessionTable {
    return this.#initialized.table
  }

  /** The model, looked up each time: one that is added to an instance again is initialized again. */
  get #initialized(): InitializedModel {
    const initialized = this.#registration.initialized()
    if (initialized !== this.#current) {
      this.#current = initialized
      this.#unscoped = initialized.model.unscoped()
      this.#prepared = undefined
    }
    return initialized
  }

  get #model(): ModelStatic<Model> {
    const { model } = this.#initialized
    return this.#unscoped ?? model
  }

  get #statements(): Statements {
    this.#prepared = statementsOf(this.#model, this.#table, this.#prepared)
    return this.#prepared
  }

  get #writer(): RowWriter<Attempt> {
    return this.#statements.writer
  }

  async #select(attempt: Attempt, where: WhereOptions, part: FoundPart = {}): Promise<SessionRow[]> {
    const table = this.#table
    const find = { ...part, attributes: table.properties }
    const records = await this.#statements.find.guard.select(attempt, (condition) =>
      findRows(this.#model, attempt, withCondition(where, condition), find),
    )
    return records.map((record) => table.toRow(record))
  }

  #destroy(call: BackendCall | undefined, options: DestroyOptions): Promise<number> {
    return this.#write(call, (attempt) => this.#model.destroy(hookOptions(this.#model, attempt, {}, options)))
  }

  #ids(ids: readonly string[]): WhereOptions {
    return isOneOf(this.#model, this.#table.id, ids)
  }

  #matching(where: RowFilter): WhereOptions {
    return whereOf(this.#model, where, this.#table.id)
  }

  #writeRows(call: BackendCall | undefined, writes: () => readonly Write[]): Promise<RowsWritten> {
    return this.#write(call, (attempt) => this.#writer.writeAll(attempt, writes()))
  }

  #write<T>(call: BackendCall | undefined, write: (attempt: Attempt) => Promise<T>): Promise<T> {
    return this.#run(call, async (attempt) => {
      if (!this.#writer.isReady) await this.#writer.prepare(attempt)
      return write(attempt)
    })
  }

  /** Runs a call and judges its failure. An error that is not of a statement comes from Sequelize's pool or from a hook. */
  async #run<T>(call: BackendCall | undefined, work: (attempt: Attempt) => Promise<T>): Promise<T> {
    const attempt = new Attempt(call, this.#registration.comment)
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

/** The first rows in the order of this property. */
function firstBy(property: string, limit: number): FoundPart {
  return { limit, order: [[property, 'ASC']] }
}

/** Gives the model the method that makes its backend. */
export function giveBackend(model: object): void {
  const makeBackend = (): SequelizeSessionBackend => new SequelizeSessionBackend(model)
  Object.defineProperty(model, sessionBackend, { value: makeBackend, configurable: true })
}
