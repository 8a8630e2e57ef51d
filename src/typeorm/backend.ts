import { type DataSource, In, IsNull, Not, type ObjectLiteral, type QueryRunner } from 'typeorm'
import type {
  BackendCapabilities,
  ExpiredRow,
  PassedRows,
  RowFilter,
  RowsWritten,
  RowTouch,
  RowUpdate,
  SessionBackend,
  SessionColumn,
  SessionRow,
} from '../core/backend.js'
import { insertMakingRoom } from '../model/make-room.js'
import type { Constructor } from '../model/metadata.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { removeEnded } from './ended-rows.js'
import { expiryCondition } from './expired.js'
import { ExpiredRows } from './expired-rows.js'
import { idIn, matching } from './matching.js'
import { PreparedFind } from './prepared-find.js'
import { entitiesOf } from './raw-moment.js'
import { type RegisteredEntity, registrationOf } from './registration.js'
import { RowWriter } from './row-writer.js'
import { areWritesHeard } from './write-abilities.js'
import { writeGateOf } from './write-gate.js'

/** Statements that are made once. */
interface Statements {
  readonly find: PreparedFind | undefined
  readonly writer: RowWriter
  /** What the table is capable of, if several rows are written in one statement. */
  readonly batching: BackendCapabilities
}

/**
 * Sessions in the table of a TypeORM entity. `session({ model })` makes one by itself; make one yourself to give the
 * data source of a model that was registered on a base class.
 */
export class TypeOrmSessionBackend<Columns extends object = object> implements SessionBackend<Columns> {
  declare readonly columnTypes?: Columns
  readonly #registration: RegisteredEntity
  readonly #dataSource: DataSource | undefined
  /** For each table: it changes when a data source takes the entity, which is when the names of columns are final. */
  readonly #prepared = new WeakMap<SessionTable, Statements>()

  /** Throws `MODEL_NOT_REGISTERED` if the model has not been passed to `registerSessionModel`. */
  constructor(dataSource: DataSource | undefined, model: object) {
    this.#registration = registrationOf(model)
    this.#dataSource = dataSource
  }

  get capabilities(): BackendCapabilities {
    const table = this.#table
    const prepared = this.#prepared.get(table)
    return prepared?.writer.isBatched ? prepared.batching : table.capabilities
  }

  get columns(): readonly SessionColumn[] {
    return this.#table.columns
  }

  get now(): (() => number) | undefined {
    return this.#registration.now
  }

  async find(ids: readonly string[]): Promise<readonly SessionRow[]> {
    if (ids.length === 0) return []
    const { ready } = this.#registration
    if (ready) await ready()
    const runner = this.#runner()
    try {
      const { find } = this.#statements
      return find ? find.rows(await find.query(runner, ids), ids) : await this.#select(runner, this.#ids(ids))
    } finally {
      await runner.release()
    }
  }

  async insert(rows: readonly SessionRow[]): Promise<void> {
    const ids = rows.map((row) => row.id)
    await this.#write((runner) =>
      insertMakingRoom(
        () => this.#insert(runner, rows),
        () => removeEnded(runner, this.#entity, this.#table.id, ids),
      ),
    )
  }

  async update(updates: readonly RowUpdate[]): Promise<RowsWritten> {
    const { writer } = this.#statements
    const writes = updates.map((update) => writer.updateOf(update))
    return await this.#write((runner) => writer.writeAll(runner, writes))
  }

  async touch(touches: readonly RowTouch[]): Promise<RowsWritten> {
    const { writer } = this.#statements
    const writes = touches.map((touch) => writer.touchOf(touch))
    return await this.#write((runner) => writer.writeAll(runner, writes))
  }

  async delete(ids: readonly string[]): Promise<number> {
    return this.#end(this.#ids(ids))
  }

  async list(where: RowFilter, now: Date, limit: number): Promise<readonly SessionRow[]> {
    const condition = { ...this.#matching(where), ...expiryCondition(this.#table, false, now) }
    return this.#run((runner) => this.#select(runner, condition, limit))
  }

  async deleteWhere(where: RowFilter, except: readonly string[]): Promise<number> {
    return this.#end(this.#matching(where), except)
  }

  async deleteAll(): Promise<number> {
    return this.#end({})
  }

  async findExpired(now: Date, limit: number, passed: PassedRows): Promise<readonly ExpiredRow[]> {
    return this.#run((runner) => this.#expired.find(runner, now, limit, passed))
  }

  async deleteExpired(now: Date, ids: readonly string[]): Promise<number> {
    return this.#write((runner) => this.#expired.delete(runner, now, ids))
  }

  async hasUnreadable(): Promise<boolean> {
    return this.#run((runner) => this.#expired.hasUnreadable(runner))
  }

  get #expired(): ExpiredRows {
    return new ExpiredRows(this.#entity, this.#table)
  }

  get #entity(): Constructor {
    return this.#registration.entity
  }

  /** Asked for each time: it changes when a data source takes an entity that was registered on a base class. */
  get #table(): SessionTable {
    return this.#registration.table(this.#dataSource)
  }

  async #insert({ connection, manager }: QueryRunner, rows: readonly SessionRow[]): Promise<void> {
    const metadata = connection.getMetadata(this.#entity)
    const entities = rows.map((row) => Object.assign(metadata.create(), this.#table.toRecord(row)))
    const written = metadata.columns.filter((column) => column.isInsert && column.asExpression === undefined)
    await manager
      .createQueryBuilder()
      .insert()
      .into(
        this.#entity,
        written.map((column) => column.propertyPath),
      )
      .values(entities)
      .updateEntity(false)
      .execute()
  }

  async #select({ manager, connection }: QueryRunner, where: ObjectLiteral, limit?: number): Promise<SessionRow[]> {
    const table = this.#table
    const keys = connection.getMetadata(this.#entity).primaryColumns.map((column) => column.propertyPath)
    const names = new Set([...keys, ...table.properties])
    const select = manager
      .createQueryBuilder(this.#entity, 'session')
      .select(Array.from(names, (name) => `session.${name}`))
      .where(where)
    if (limit !== undefined) select.orderBy(`session.${table.expires}`).limit(limit)
    return (await entitiesOf(connection, select, table)).map((row) => table.toRow(row as RowRecord))
  }

  get #statements(): Statements {
    const table = this.#table
    return this.#prepared.get(table) ?? this.#prepare(table)
  }

  #prepare(table: SessionTable): Statements {
    const [source, entity] = [this.#source, this.#entity]
    const batching = Object.freeze({ ...table.capabilities, batchedWrites: true })
    const writer = new RowWriter(source, entity, table)
    const statements = { find: PreparedFind.prepare(source, entity, table), writer, batching }
    this.#prepared.set(table, statements)
    return statements
  }

  /** Deletes, or marks as deleted where the entity has a `@DeleteDateColumn()`. */
  async #end(where: ObjectLiteral, except: readonly string[] = []): Promise<number> {
    return this.#write(async ({ manager, connection }) => {
      const isSoft = connection.getMetadata(this.#entity).deleteDateColumn !== undefined
      const builder = manager.createQueryBuilder()
      const deletion = isSoft ? builder.softDelete().from(this.#entity) : builder.delete().from(this.#entity)
      const condition = { ...where, ...this.#notDeleted() }
      if (Object.keys(condition).length > 0) deletion.where(condition)
      if (except.length > 0) deletion.andWhere({ [this.#table.id]: Not(In([...except])) })
      const { affected } = await deletion.execute()
      return affected ?? 0
    })
  }

  #notDeleted(): ObjectLiteral {
    const deleted = this.#source.getMetadata(this.#entity).deleteDateColumn
    return deleted ? { [deleted.propertyName]: IsNull() } : {}
  }

  #ids(ids: readonly string[]): ObjectLiteral {
    return { [this.#table.id]: idIn(this.#source, this.#entity, this.#table.id, ids) }
  }

  #matching(where: RowFilter): ObjectLiteral {
    return matching(this.#source, this.#entity, where, this.#table.id)
  }

  get #source(): DataSource {
    return this.#dataSource ?? this.#registration.dataSource()
  }

  /** Where there is one connection for all: while no transaction of the application is open. */
  #write<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    return this.#run((runner) => {
      const gate = writeGateOf(runner)
      return gate ? gate.write(() => work(runner), areWritesHeard(this.#source, this.#entity)) : work(runner)
    })
  }

  async #run<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const { ready } = this.#registration
    if (ready) await ready()
    const runner = this.#runner()
    try {
      return await work(runner)
    } finally {
      await runner.release()
    }
  }

  /** A connection of its own, to the master: outside of the application's transactions, and never on a replica. */
  #runner(): QueryRunner {
    const runner = this.#source.createQueryRunner('master')
    writeGateOf(runner) // which hears of transactions from now on
    return runner
  }
}
