import { type DataSource, IsNull, type QueryRunner } from 'typeorm'
import type { RowsWritten, RowTouch, RowUpdate } from '../core/backend.js'
import type { Constructor } from '../model/metadata.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { expiryCondition } from './expired.js'
import { idIn } from './matching.js'
import { isRefused, PreparedBatch } from './prepared-batch.js'
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
  readonly #batches = new Map<string, Promise<PreparedBatch>>()

  constructor(dataSource: DataSource, entity: Constructor, table: SessionTable) {
    this.#dataSource = dataSource
    this.#entity = entity
    this.#table = table
    this.#needsBuilder = needsBuilder(dataSource, entity)
  }

  /** Whether several rows are written in one statement. */
  get isBatched(): boolean {
    return !this.#needsBuilder && this.#dataSource.options.type === 'postgres'
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

  /** A statement for each shape. A row whose id changes is for a statement of its own. */
  async #writeTogether(runner: QueryRunner, writes: readonly Write[]): Promise<RowsWritten> {
    const written: (boolean | null)[] = Array(writes.length).fill(null)
    const byShape = new Map<string, number[]>()
    for (const [index, write] of writes.entries()) {
      if (this.#table.id in write.record) continue
      const shape = shapeOf(write)
      byShape.set(shape, [...(byShape.get(shape) ?? []), index])
    }
    for (const [shape, indexes] of byShape) {
      const some = indexes.map((index) => writes[index] as Write)
      const told = await this.#writeBatch(runner, shape, some)
      for (const [at, index] of indexes.entries()) written[index] = told[at] ?? null
    }
    return written
  }

  async #writeBatch(runner: QueryRunner, shape: string, writes: readonly Write[]): Promise<RowsWritten> {
    const [example] = writes
    try {
      let batch = this.#batches.get(shape)
      if (!batch && example) {
        batch = PreparedBatch.prepare(runner, this.#entity, this.#table, example)
        batch.catch(() => this.#batches.delete(shape)) // the next request tries again
        this.#batches.set(shape, batch)
      }
      return (await (await batch)?.run(runner, writes)) ?? []
    } catch (error) {
      if (isRefused(error)) return []
      throw error
    }
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
      this.#prepared.set(shape, prepared)
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
