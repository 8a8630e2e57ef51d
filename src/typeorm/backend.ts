import { type DataSource, In, IsNull, LessThanOrEqual, MoreThan, type ObjectLiteral, type QueryRunner } from 'typeorm'
import type {
  BackendCapabilities,
  RowFilter,
  RowTouch,
  RowUpdate,
  RowValues,
  SessionBackend,
  SessionColumn,
  SessionRow,
} from '../core/backend.js'
import { toDate } from '../model/dates.js'
import type { SessionEntity } from './entity.js'
import { type RegisteredEntity, registrationOf } from './registration.js'

/**
 * Sessions in the table of a TypeORM entity. `session({ model })` makes one by itself; make one yourself to give the
 * data source of a model that was registered on a base class.
 */
export class TypeOrmSessionBackend<Columns extends object = object> implements SessionBackend<Columns> {
  readonly #registration: RegisteredEntity
  readonly #dataSource: DataSource | undefined

  /** Throws `MODEL_NOT_REGISTERED` if the model has not been passed to `registerSessionModel`. */
  constructor(dataSource: DataSource | undefined, model: object) {
    this.#registration = registrationOf(model)
    this.#dataSource = dataSource
  }

  get capabilities(): BackendCapabilities {
    return this.#entity.capabilities
  }

  get columns(): readonly SessionColumn[] {
    return this.#entity.columns
  }

  async find(ids: readonly string[]): Promise<readonly SessionRow[]> {
    return this.#select({ [this.#entity.properties.id]: In([...ids]) })
  }

  async insert(rows: readonly SessionRow[]): Promise<void> {
    await this.#run((runner) => {
      const metadata = runner.connection.getMetadata(this.#entity.target)
      const entities = rows.map((row) => Object.assign(metadata.create(), this.#values(row)))
      return runner.manager
        .createQueryBuilder()
        .insert()
        .into(this.#entity.target)
        .values(entities)
        .updateEntity(false)
        .execute()
    })
  }

  async update(updates: readonly RowUpdate[]): Promise<readonly boolean[]> {
    const { properties } = this.#entity
    return this.#each(updates, ({ id, version, now, values }) => {
      const guard = version !== null && properties.version ? { [properties.version]: version } : {}
      return this.#write({ ...this.#alive(id, now), ...guard }, this.#values(values))
    })
  }

  async touch(touches: readonly RowTouch[]): Promise<readonly boolean[]> {
    return this.#each(touches, ({ id, now, expires }) => this.#write(this.#alive(id, now), this.#values({ expires })))
  }

  async delete(ids: readonly string[]): Promise<number> {
    return this.#end({ [this.#entity.properties.id]: In([...ids]) })
  }

  async list(where: RowFilter, now: Date, limit: number): Promise<readonly SessionRow[]> {
    const expires = MoreThan(this.#entity.dates.expires.toColumn(now))
    return this.#select({ ...this.#matching(where), [this.#entity.properties.expires]: expires }, limit)
  }

  async deleteWhere(where: RowFilter): Promise<number> {
    return this.#end(this.#matching(where))
  }

  async deleteAll(): Promise<number> {
    return this.#end({})
  }

  /** First the ids, then the rows: a delete by primary key locks no gaps and no neighbours. */
  async deleteExpired(now: Date, limit: number): Promise<number> {
    const { target, properties, dates } = this.#entity
    const isExpired = () => ({ [properties.expires]: LessThanOrEqual(dates.expires.toColumn(now)) })
    return this.#run(async ({ manager }) => {
      const expired = await manager
        .createQueryBuilder(target, 'session')
        .select(`session.${properties.id}`, 'id')
        .withDeleted()
        .where(isExpired())
        .orderBy(`session.${properties.expires}`)
        .limit(limit)
        .getRawMany<{ id: string }>()
      if (expired.length === 0) return 0
      const ids = In(expired.map((row) => row.id))
      const deletion = manager.createQueryBuilder().delete().from(target)
      const { affected } = await deletion.where({ ...isExpired(), [properties.id]: ids }).execute()
      return affected ?? 0
    })
  }

  get #entity(): SessionEntity {
    return this.#registration.entity
  }

  async #select(where: ObjectLiteral, limit?: number): Promise<SessionRow[]> {
    const { target, properties, columns } = this.#entity
    return this.#run(async ({ manager, connection }) => {
      const keys = connection.getMetadata(target).primaryColumns.map((column) => column.propertyPath)
      const names = new Set([...keys, ...Object.values(properties), ...columns.map((column) => column.name)])
      const select = manager
        .createQueryBuilder(target, 'session')
        .select(Array.from(names, (name) => `session.${name}`))
        .where(where)
      if (limit !== undefined) select.orderBy(`session.${properties.expires}`).limit(limit)
      return (await select.getMany()).map((row) => this.#row(row as Record<string, unknown>))
    })
  }

  /** Writes `values` to the row that matches, and tells whether there is one. */
  async #write(where: ObjectLiteral, values: ObjectLiteral): Promise<boolean> {
    return this.#run(async ({ manager }) => {
      const update = manager.createQueryBuilder().update(this.#entity.target).set(values)
      const { affected } = await update.where(where).updateEntity(false).execute()
      return affected === 1
    })
  }

  /** Deletes, or marks as deleted where the entity has a `@DeleteDateColumn()`. */
  async #end(where: ObjectLiteral): Promise<number> {
    return this.#run(async ({ manager, connection }) => {
      const { target } = this.#entity
      const isSoft = connection.getMetadata(target).deleteDateColumn !== undefined
      const builder = manager.createQueryBuilder()
      const deletion = isSoft ? builder.softDelete().from(target) : builder.delete().from(target)
      const { affected } = await deletion.where({ ...where, ...this.#notDeleted() }).execute()
      return affected ?? 0
    })
  }

  #alive(id: string, now: Date): ObjectLiteral {
    const { properties, dates } = this.#entity
    return {
      [properties.id]: id,
      [properties.expires]: MoreThan(dates.expires.toColumn(now)),
      ...this.#notDeleted(),
    }
  }

  #notDeleted(): ObjectLiteral {
    const deleted = this.#source.getMetadata(this.#entity.target).deleteDateColumn
    return deleted ? { [deleted.propertyName]: IsNull() } : {}
  }

  #matching(where: RowFilter): ObjectLiteral {
    const { properties } = this.#entity
    const entries = Object.entries(where).map(([name, value]) => [
      name === 'id' ? properties.id : name,
      value ?? IsNull(),
    ])
    return Object.fromEntries(entries)
  }

  #row(row: Record<string, unknown>): SessionRow {
    const { properties, columns } = this.#entity
    const data = row[properties.data]
    return {
      id: String(row[properties.id]),
      data: Buffer.isBuffer(data) ? data.toString('utf8') : String(data ?? '{}'),
      expires: toDate(row[properties.expires]),
      createdAt: properties.createdAt ? toDate(row[properties.createdAt]) : null,
      version: properties.version ? Number(row[properties.version]) : null,
      columns: Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null])),
    }
  }

  #values({ id, data, expires, createdAt, version, columns }: RowValues & { createdAt?: Date | null }): ObjectLiteral {
    const { properties, dates, binary } = this.#entity
    const values: ObjectLiteral = { ...columns }
    if (id !== undefined) values[properties.id] = id
    if (data !== undefined) values[properties.data] = binary ? Buffer.from(data, 'utf8') : data
    if (expires !== undefined) values[properties.expires] = dates.expires.toColumn(expires)
    if (createdAt && properties.createdAt) values[properties.createdAt] = dates.createdAt.toColumn(createdAt)
    if (properties.version && typeof version === 'number') values[properties.version] = version
    return values
  }

  async #each<T>(items: readonly T[], write: (item: T) => Promise<boolean>): Promise<boolean[]> {
    const written: boolean[] = []
    for (const item of items) written.push(await write(item))
    return written
  }

  get #source(): DataSource {
    return this.#dataSource ?? this.#registration.dataSource()
  }

  /** On a connection of its own, to the master: outside of the application's transactions, and never on a replica. */
  async #run<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    await this.#registration.ready
    const runner = this.#source.createQueryRunner('master')
    try {
      return await work(runner)
    } finally {
      await runner.release()
    }
  }
}
