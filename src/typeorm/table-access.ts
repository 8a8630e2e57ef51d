import { type DataSource, type QueryRunner, Table } from 'typeorm'
import { toDate } from '../model/dates.js'
import type { Constructor } from '../model/metadata.js'
import type { SessionTable } from '../model/session-table.js'
import type { TableAccess, TableText, ValueKind } from '../sql/table-access.js'
import { momentOf } from './raw-moment.js'
import { TypeOrmTable } from './sql-table.js'

const kinds: readonly (readonly [RegExp, ValueKind])[] = [
  [/^(bigint|int8|int64)$/, 'bigint'],
  [/^(bool(ean)?)$/, 'boolean'],
  [/int|float|double|real|decimal|numeric|number|serial/, 'number'],
  [/date|time/, 'date'],
]

/** The table of an entity in one data source, for the command line. */
export class TypeOrmTableAccess implements TableAccess {
  readonly orm = 'typeorm'
  readonly registry: DataSource
  readonly modelName: string
  readonly session: SessionTable
  readonly #entity: Constructor

  constructor(registry: DataSource, entity: Constructor, session: SessionTable) {
    this.registry = registry
    this.modelName = entity.name
    this.session = session
    this.#entity = entity
  }

  get #table(): TypeOrmTable {
    return new TypeOrmTable(this.registry, this.#entity, this.session)
  }

  get text(): TableText {
    return this.#table
  }

  get place(): TableAccess['place'] {
    const { tableName, schema } = this.registry.getMetadata(this.#entity)
    return { table: tableName, schema }
  }

  kindOf(property: string): ValueKind {
    const type = this.registry.getMetadata(this.#entity).findColumnWithPropertyName(property)?.type
    const name = (typeof type === 'function' ? type.name : String(type)).toLowerCase()
    return kinds.find(([pattern]) => pattern.test(name))?.[1] ?? 'text'
  }

  momentOf(property: string, value: unknown): Date {
    const column = this.registry.getMetadata(this.#entity).findColumnWithPropertyName(property)
    return toDate(column ? momentOf(this.registry, value, column) : value)
  }

  ask(sql: string, parameters: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    return this.#withRunner((runner) => runner.query(sql, [...parameters]))
  }

  createStatements(): Promise<string[]> {
    return this.#withRunner(async (runner) => {
      runner.enableSqlMemory()
      await runner.createTable(
        Table.create(this.registry.getMetadata(this.#entity), this.registry.driver),
        false,
        false,
      )
      return runner.getMemorySql().upQueries.map(({ query }) => query)
    })
  }

  async #withRunner<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const runner = this.registry.createQueryRunner('master')
    try {
      return await work(runner)
    } finally {
      await runner.release()
    }
  }
}
