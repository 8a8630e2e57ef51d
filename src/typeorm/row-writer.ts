import { type DataSource, IsNull, type QueryRunner } from 'typeorm'
import type { RowsWritten, RowTouch, RowUpdate } from '../core/backend.js'
import type { Constructor } from '../model/metadata.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { expiryCondition } from './expired.js'
import { idIn } from './matching.js'
import { isRefused, PreparedBatch, type Types, typesOf } from './prepared-batch.js'
import { PreparedUpdate } from './prepared-update.js'
import { shapeOf, type Write } from './update-parts.js'

const nothing: Write['fixed'] = {}

/** Writes to the rows of one table in one data source. */
export class RowWriter {
  readonly #dataSource: DataSource
  readonly #entity: Constructor
  readonly #table: SessionTable
  /** Whether an update of TypeORM's does more than its statement. */
  readonly #needsBuilder: boolean
  /** By shape. */
  readonly #prepared = new Map<string, PreparedUpdate>()
  /** By shape. */
  readonly #batches = new Map<string, PreparedBatch>()
  #types: Types | undefined

  constructor(dataSource: DataSource, entity: Constructor, table: SessionTable) {
    this.#dataSource = dataSource
    this.#entity = entity
    this.#table = table
    this.#needsBuilder = needsBuilder(dataSource, entity)
  }

  /** Whether several rows are written in one statement. */
  get isBatched(): boolean {
    const isShared = this.#dataSource.getMetadata(this.#entity).discriminatorColumn !== undefined
    return !this.#needsBuilder && !isShared && this.#dataSource.options.type === 'postgres'
  }

  /** What an update writes, and where. */
  updateOf({ values, ...guard }: RowUpdate): Write {
    const all = this.#table.toRecord(values)
    const given = Object.entries(all).filter(([, value]) => value !== undefined)
    if (given.length === Object.keys(all).length) return { ...guard, record: all, fixed: nothing }
    return { ...guard, record: Object.fromEntries(given), fixed: this.#defaultsOf(all) }
  }

  /** What a touch writes, and where. */
  touchOf({ expires, ...guard }: RowTouch): Write {
    return { ...guard, record: this.#table.toRecord({ expires }), fixed: this.#sameVersion() }
  }

  /** Writes each row. Several go together where that is possible. */
  async writeAll(runner: QueryRunner, writes: readonly Write[]): Promise<RowsWritten> {
    if (writes.length > 1 && this.isBatched) return this.#writeTogether(runner, writes)
    const written: boolean[] = []
    for (const write of writes) written.push(await this.#write(runner, write))
    return written
  }

  /** In one statement. What is not of the shape of the first one, or changes an id, is for statements of its own. */
  async #writeTogether(runner: QueryRunner, writes: readonly Write[]): Promise<RowsWritten> {
    const [example] = writes
    if (!example || this.#table.id in example.record) return writes.map(() => null)
    const shape = shapeOf(example)
    const same = writes.filter((write) => shapeOf(write) === shape)
    const written = await this.#writeBatch(runner, shape, same)
    return writes.map((write) => written[same.indexOf(write)] ?? null)
  }

  async #writeBatch(runner: QueryRunner, shape: string, writes: readonly Write[]): Promise<RowsWritten> {
    try {
      const batch = await this.#prepareBatch(runner, shape, writes[0] as Write)
      return await batch.run(runner, writes)
    } catch (error) {
      if (isRefused(error)) return []
      throw error
    }
  }

  async #prepareBatch(runner: QueryRunner, shape: string, example: Write): Promise<PreparedBatch> {
    let batch = this.#batches.get(shape)
    if (!batch) {
      this.#types ??= await typesOf(runner, this.#entity)
      batch = new PreparedBatch(this.#dataSource, this.#entity, this.#table, example, this.#types)
      keep(this.#batches, shape, batch)
    }
    return batch
  }

  /** Tells whether the row was there as the guard says. */
  async #write(runner: QueryRunner, write: Write): Promise<boolean> {
    const { affected } = await (this.#needsBuilder ? this.#build(runner, write) : this.#replay(runner, write))
    return affected === 1
  }

  #replay(runner: QueryRunner, write: Write): Promise<{ affected?: number }> {
    const prepared = this.#prepare(write)
    return runner.query(prepared.sql, prepared.parametersOf(write), true)
  }

  #build({ manager }: QueryRunner, { id, version, now, record, fixed }: Write): Promise<{ affected?: number }> {
    const [table, { deleteDateColumn }] = [this.#table, this.#dataSource.getMetadata(this.#entity)]
    const update = manager
      .createQueryBuilder()
      .update(this.#entity)
      .set({ ...record, ...fixed })
    const where = {
      [table.id]: idIn(this.#dataSource, this.#entity, table.id, [id]),
      ...expiryCondition(table, false, now),
      ...(table.version !== undefined && { [table.version]: version ?? IsNull() }),
      ...(deleteDateColumn && { [deleteDateColumn.propertyName]: IsNull() }),
    }
    return update.where(where).updateEntity(false).execute()
  }

  #prepare(write: Write): PreparedUpdate {
    const shape = shapeOf(write)
    let prepared = this.#prepared.get(shape)
    if (!prepared) {
      prepared = new PreparedUpdate(this.#dataSource, this.#entity, this.#table, write)
      keep(this.#prepared, shape, prepared)
    }
    return prepared
  }

  /** A column that goes back to a default which only the database knows has no value: the default's SQL is written. */
  #defaultsOf(record: RowRecord): Write['fixed'] {
    const { driver } = this.#dataSource
    const { columns } = this.#dataSource.getMetadata(this.#entity)
    const missing = columns.filter(({ propertyName: name }) => name in record && record[name] === undefined)
    const defaults = missing.map((column) => [column.propertyName, () => driver.normalizeDefault(column) ?? 'NULL'])
    return Object.fromEntries(defaults)
  }

  /** Keeps TypeORM from counting a renewal in a `@VersionColumn()`. */
  #sameVersion(): Write['fixed'] {
    const { versionColumn } = this.#dataSource.getMetadata(this.#entity)
    if (!versionColumn) return nothing
    return { [versionColumn.propertyName]: () => this.#dataSource.driver.escape(versionColumn.databaseName) }
  }
}

/** How many statements are kept: requests that change many columns in all combinations have no end of shapes. */
const mostKept = 100

function keep<Statement>(statements: Map<string, Statement>, shape: string, statement: Statement): void {
  if (statements.size >= mostKept) statements.clear()
  statements.set(shape, statement)
}

/**
 * Whether somebody listens to updates, a column needs SQL around its value, or the builder converts parameters, as it does
 * for SQLite.
 */
function needsBuilder(dataSource: DataSource, entity: Constructor): boolean {
  const { columns } = dataSource.getMetadata(entity)
  const { spatialTypes = [] } = dataSource.driver as { spatialTypes?: readonly unknown[] }
  const isHeard = dataSource.subscribers.some(({ beforeUpdate, afterUpdate }) => beforeUpdate ?? afterUpdate)
  const isServer = ['postgres', 'mysql', 'mariadb'].includes(dataSource.options.type)
  return isHeard || !isServer || columns.some(({ type }) => spatialTypes.includes(type))
}
