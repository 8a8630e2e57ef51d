import type { DataSource, ObjectLiteral, QueryRunner } from 'typeorm'
import type {
  BackendCall,
  BackendCapabilities,
  BackendFailure,
  ExpiredRow,
  FailureReason,
  IdPage,
  LivingRows,
  PassedRows,
  RowFilter,
  RowsWritten,
  RowTouch,
  RowUpdate,
  SessionBackend,
  SessionColumn,
  SessionRow,
} from '../core/backend/session-backend.js'
import { Attempt } from '../model/attempt.js'
import type { Constructor } from '../model/metadata.js'
import type { SessionTable } from '../model/session-table.js'
import { insertMakingRoom } from '../sql/make-room.js'
import type { RowWriter } from '../sql/row-writer.js'
import { type TableAccess, tableAccess } from '../sql/table-access.js'
import type { Write } from '../sql/write.js'
import { onConnection, watchWrites } from './connection.js'
import { deleteRows } from './delete-rows.js'
import { ExpiredRows } from './expired-rows.js'
import { explain, failureOf } from './failures.js'
import { countRows, type FindOptions, findRows } from './find-rows.js'
import { insertRows, removeSoftDeleted } from './insert-rows.js'
import { hasLoadListeners, hasWriteListeners } from './listeners.js'
import { guardLogger } from './logger.js'
import { type RegisteredEntity, registrationOf } from './registration.js'
import { type Statements, statementsFor } from './statements.js'
import { TypeOrmTableAccess } from './table-access.js'
import { transactionGateOf } from './transactions.js'
import { expiryCondition, isOneOf, livingConditions, whereOf } from './where.js'

/**
 * Stores sessions in the table of a TypeORM entity. `session({ model })` makes one by itself; make one yourself to choose
 * the data source of a model that was registered on a base class.
 * @see docs/typeorm.md
 */
export class TypeOrmSessionBackend<Columns extends object = object> implements SessionBackend<Columns> {
  declare readonly columnTypes?: Columns
  readonly #registration: RegisteredEntity
  readonly #dataSource: DataSource | undefined
  #prepared: Statements | undefined

  /**
   * @param dataSource The data source; `undefined` for the one that the model is registered with.
   * @throws `MODEL_NOT_REGISTERED` if the model has not been passed to `registerSessionModel`.
   */
  constructor(dataSource: DataSource | undefined, model: object) {
    this.#registration = registrationOf(model)
    this.#dataSource = dataSource
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
    const prepared = this.#prepared
    return prepared?.table === this.#table && prepared.writer.isBatched
  }

  failureOf(error: unknown): BackendFailure {
    return failureOf(error)
  }

  explain(error: unknown): FailureReason {
    return explain(error, this.#source, this.#entity)
  }

  async find(ids: readonly string[], call?: BackendCall): Promise<readonly SessionRow[]> {
    if (ids.length === 0) return []
    return this.#run(call, (runner) => {
      const { find, metadata } = this.#statements
      return find && !hasLoadListeners(this.#source, metadata)
        ? find.find(runner, ids)
        : this.#select(runner, this.#ids(ids))
    })
  }

  async insert(rows: readonly SessionRow[], call?: BackendCall): Promise<void> {
    const ids = rows.map((row) => row.id)
    await this.#write(call, (runner) =>
      insertMakingRoom(
        () => insertRows(runner, this.#entity, this.#table, rows),
        () => removeSoftDeleted(runner, this.#entity, this.#table.id, ids),
        failureOf,
      ),
    )
  }

  async update(updates: readonly RowUpdate[], call?: BackendCall): Promise<RowsWritten> {
    return this.#writeRows(call, (writer) => updates.map((update) => writer.updateOf(update)))
  }

  async touch(touches: readonly RowTouch[], call?: BackendCall): Promise<RowsWritten> {
    return this.#writeRows(call, (writer) => touches.map((touch) => writer.touchOf(touch)))
  }

  async delete(ids: readonly string[], call?: BackendCall): Promise<number> {
    return this.#remove(call, this.#ids(ids))
  }

  async list(where: RowFilter, now: Date, limit: number, call?: BackendCall): Promise<readonly SessionRow[]> {
    const condition = { ...this.#matching(where), ...expiryCondition(this.#table, false, now) }
    return this.#run(call, (runner) => this.#select(runner, condition, { limit, order: this.#table.expires }))
  }

  async listById(where: RowFilter, page: IdPage, call?: BackendCall): Promise<readonly SessionRow[]> {
    const find = { and: livingConditions(this.#table, page), limit: page.limit, order: this.#table.id }
    return this.#run(call, (runner) => this.#select(runner, this.#matching(where), find))
  }

  async count(where: RowFilter, living: LivingRows, call?: BackendCall): Promise<number> {
    const conditions = [this.#matching(where), ...livingConditions(this.#table, living)]
    return this.#run(call, async (runner) => {
      const count = (condition?: string) => countRows(runner, this.#entity, conditions, condition)
      return (await this.#guarded(runner, count))[0] ?? 0
    })
  }

  async deleteWhere(where: RowFilter, except: readonly string[], call?: BackendCall): Promise<number> {
    return this.#remove(call, this.#matching(where), except)
  }

  async deleteAll(call?: BackendCall): Promise<number> {
    return this.#remove(call, {})
  }

  async findExpired(now: Date, limit: number, passed: PassedRows, call?: BackendCall): Promise<readonly ExpiredRow[]> {
    return this.#run(call, (runner) => this.#expired.find(runner, now, limit, passed))
  }

  async deleteExpired(now: Date, ids: readonly string[], call?: BackendCall): Promise<number> {
    return this.#write(call, (runner) => this.#expired.delete(runner, now, ids))
  }

  async hasUnreadable(call?: BackendCall): Promise<boolean> {
    return this.#run(call, (runner) => this.#expired.hasUnreadable(runner))
  }

  [tableAccess](): TableAccess {
    return new TypeOrmTableAccess(this.#source, this.#entity, this.#table)
  }

  get #expired(): ExpiredRows {
    return new ExpiredRows(this.#entity, this.#table)
  }

  get #entity(): Constructor {
    return this.#registration.entity
  }

  /** The table, looked up each time: it changes when a data source takes an entity that was registered on a base class. */
  get #table(): SessionTable {
    return this.#registration.table(this.#dataSource)
  }

  #select(runner: QueryRunner, where: ObjectLiteral, options: FindOptions = {}): Promise<SessionRow[]> {
    return this.#guarded(runner, (condition) => findRows(runner, this.#entity, this.#table, where, options, condition))
  }

  #guarded<Row>(runner: QueryRunner, run: (condition?: string) => Promise<Row[]>): Promise<Row[]> {
    const { find } = this.#statements
    return find ? find.guard.select(runner, run) : run()
  }

  get #statements(): Statements {
    const metadata = this.#source.getMetadata(this.#entity)
    const prepared = this.#prepared
    if (prepared?.metadata === metadata) return prepared
    this.#prepared = statementsFor(this.#source, this.#entity, this.#table)
    return this.#prepared
  }

  #remove(call: BackendCall | undefined, where: ObjectLiteral, except: readonly string[] = []): Promise<number> {
    return this.#write(call, (runner) => deleteRows(runner, this.#entity, this.#table, where, except))
  }

  #ids(ids: readonly string[]): ObjectLiteral {
    return { [this.#table.id]: isOneOf(this.#source, this.#entity, this.#table.id, ids) }
  }

  #matching(where: RowFilter): ObjectLiteral {
    return whereOf(this.#source, this.#entity, where, this.#table.id)
  }

  get #source(): DataSource {
    return this.#dataSource ?? this.#registration.dataSource()
  }

  #writeRows(
    call: BackendCall | undefined,
    writesOf: (writer: RowWriter<QueryRunner>) => readonly Write[],
  ): Promise<RowsWritten> {
    return this.#write(call, (runner) => {
      const { writer } = this.#statements
      return writer.writeAll(runner, writesOf(writer))
    })
  }

  /** Runs a write; if the database has only one connection, while no transaction of the application is open. */
  #write<T>(call: BackendCall | undefined, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    return this.#run(call, async (runner, attempt) => {
      const { writer } = this.#statements
      if (!writer.isReady) await writer.prepare(runner)
      const hasListeners = hasWriteListeners(this.#source, this.#entity)
      if (hasListeners) watchWrites(runner, attempt)
      const gate = transactionGateOf(runner)
      if (!gate) return work(runner)
      attempt.waits()
      return gate.write(() => {
        attempt.sends()
        return work(runner)
      }, hasListeners)
    })
  }

  async #run<T>(
    call: BackendCall | undefined,
    work: (runner: QueryRunner, attempt: Attempt) => Promise<T>,
  ): Promise<T> {
    const attempt = new Attempt(call, this.#registration.comment)
    const { ready } = this.#registration
    if (ready) await ready(attempt)
    guardLogger(this.#source)
    return onConnection(this.#source, attempt, (runner) => work(runner, attempt))
  }
}
