import { type DataSource, IsNull, type QueryRunner } from 'typeorm'
import type { RowsWritten, RowTouch, RowUpdate } from '../core/backend/session-backend.js'
import { inTurn } from '../model/in-turn.js'
import { knownColumns, type ShownColumn } from '../model/known-columns.js'
import type { Constructor } from '../model/metadata.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { Batches } from './batches.js'
import { isMysql } from './columns.js'
import { expiryCondition } from './expired.js'
import { failureOf } from './failures.js'
import { isOneOf } from './matching.js'
import { isSqlite } from './parameters.js'
import { PreparedUpdate } from './prepared-update.js'
import { Statements } from './statements.js'
import { type Fixed, Write } from './update-parts.js'
import { areUpdatesHeard, areWritesHeard, canBatch, isReplayable } from './write-abilities.js'

const nothing: Fixed = {}

/** Writes to the rows of one table in one data source. */
export class RowWriter {
  readonly #dataSource: DataSource
  readonly #entity: Constructor
  readonly #table: SessionTable
  readonly #isReplayable: boolean
  readonly #prepared: Statements<PreparedUpdate>
  readonly #batches: Batches | undefined
  readonly #sameVersion: Fixed
  /** The columns that MySQL may move, as they are. */
  readonly #same: Fixed
  #isReady: boolean

  constructor(dataSource: DataSource, entity: Constructor, table: SessionTable) {
    this.#dataSource = dataSource
    this.#entity = entity
    this.#table = table
    this.#isReplayable = isReplayable(dataSource, entity)
    this.#prepared = new Statements((write) => new PreparedUpdate(dataSource, entity, table, write))
    this.#batches = canBatch(dataSource, entity) ? new Batches(dataSource, entity, table) : undefined
    const { versionColumn } = dataSource.getMetadata(entity)
    this.#sameVersion = versionColumn ? same(dataSource, entity, [versionColumn.propertyName]) : nothing
    this.#isReady = !isMysql(dataSource.options.type)
    this.#same = same(dataSource, entity, table.moving)
  }

  /** Whether the table is known well enough to be written to. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** Asks MySQL what the columns hold: it may cut off what is too long, or store question marks. */
  async prepare(runner: QueryRunner): Promise<void> {
    const { tablePath, columns } = this.#dataSource.getMetadata(this.#entity)
    const table = tablePath.split('.').map((name) => this.#dataSource.driver.escape(name))
    const shown: ShownColumn[] = await runner.query(`SHOW FULL COLUMNS FROM ${table.join('.')}`)
    const names = columns.map(({ propertyName, databaseName }) => [propertyName, databaseName] as const)
    this.#table.learn(knownColumns(shown, names))
    this.#isReady = true
  }

  /**
   * Whether several rows are written in one statement. Such a statement is for many requests, so on SQLite nobody could tell
   * that one of them is made within a session write which somebody hears of.
   */
  get isBatched(): boolean {
    if (!this.#batches?.arePossible || areUpdatesHeard(this.#dataSource)) return false
    return !isSqlite(this.#dataSource) || !areWritesHeard(this.#dataSource, this.#entity)
  }

  /** What an update writes, and where. */
  updateOf({ id, version, now, values }: RowUpdate): Write {
    const record = this.#table.toRecord(values)
    return new Write(id, version, now, record, this.#keeping(record, this.#takeDefaults(record)))
  }

  /** What a touch writes, and where. */
  touchOf({ id, version, now, expires }: RowTouch): Write {
    const record = this.#table.toRecord({ expires })
    return new Write(id, version, now, record, this.#keeping(record, this.#sameVersion))
  }

  /** Writes each row. Several go together where that is possible. */
  async writeAll(runner: QueryRunner, writes: readonly Write[]): Promise<RowsWritten> {
    if (writes.length > 1 && this.#batches && this.isBatched) return this.#batches.write(runner, writes)
    return inTurn(writes, (write) => this.#write(runner, write), failureOf)
  }

  /** Tells whether the row was there as the guard says. */
  async #write(runner: QueryRunner, write: Write): Promise<boolean> {
    const isReplayed = this.#isReplayable && !areUpdatesHeard(this.#dataSource)
    const { affected } = await (isReplayed ? this.#replay(runner, write) : this.#build(runner, write))
    return affected === 1
  }

  #replay(runner: QueryRunner, write: Write): Promise<{ affected?: number }> {
    const prepared = this.#prepared.for(write)
    return runner.query(prepared.sql, prepared.parametersOf(write), true)
  }

  #build({ manager }: QueryRunner, { id, version, now, record, fixed }: Write): Promise<{ affected?: number }> {
    const [table, { deleteDateColumn }] = [this.#table, this.#dataSource.getMetadata(this.#entity)]
    const update = manager
      .createQueryBuilder()
      .update(this.#entity)
      .set({ ...record, ...fixed })
    const where = {
      [table.id]: isOneOf(this.#dataSource, this.#entity, table.id, [id]),
      ...expiryCondition(table, false, now),
      ...(table.version !== undefined && { [table.version]: version ?? IsNull() }),
      ...(deleteDateColumn && { [deleteDateColumn.propertyName]: IsNull() }),
    }
    return update.where(where).updateEntity(false).execute()
  }

  /** With the columns that an update must write as they are, unless it writes another value. */
  #keeping(record: RowRecord, fixed: Fixed): Fixed {
    let all = fixed
    for (const name in this.#same) if (!(name in record)) all = { ...all, [name]: this.#same[name] as () => string }
    return all
  }

  /**
   * Takes out the columns that go back to a default which only the database knows: they have no value. The default's SQL
   * is written.
   */
  #takeDefaults(record: RowRecord): Fixed {
    let fixed = nothing
    for (const name in record) {
      if (record[name] !== undefined) continue
      delete record[name]
      const { driver } = this.#dataSource
      const column = this.#dataSource.getMetadata(this.#entity).findColumnWithPropertyName(name)
      if (column) fixed = { ...fixed, [name]: () => driver.normalizeDefault(column) ?? 'NULL' }
    }
    return fixed
  }
}

/** Sets columns to what they are: else TypeORM counts a renewal in a `@VersionColumn()`, and MySQL may move a TIMESTAMP. */
function same(dataSource: DataSource, entity: Constructor, properties: readonly string[]): Fixed {
  const metadata = dataSource.getMetadata(entity)
  const columns = properties.map((property) => metadata.findColumnWithPropertyName(property))
  const kept = columns.flatMap((column) => (column ? [column] : []))
  return Object.fromEntries(
    kept.map((column) => [column.propertyName, () => dataSource.driver.escape(column.databaseName)]),
  )
}
