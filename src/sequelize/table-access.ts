import type { Model, ModelStatic, Sequelize } from 'sequelize'
import { Attempt } from '../model/attempt.js'
import { toDate } from '../model/dates.js'
import type { SessionTable } from '../model/session-table.js'
import type { TableAccess, TableText, ValueKind } from '../sql/table-access.js'
import { instanceOf } from './query-generator.js'
import { SequelizeTable } from './sql-table.js'

const kinds: Readonly<Record<string, ValueKind>> = {
  BIGINT: 'bigint',
  BOOLEAN: 'boolean',
  DATE: 'date',
  DATEONLY: 'text',
  TINYINT: 'number',
  SMALLINT: 'number',
  MEDIUMINT: 'number',
  INTEGER: 'number',
  FLOAT: 'number',
  REAL: 'number',
  'DOUBLE PRECISION': 'number',
  DECIMAL: 'number',
}

/** The members of Sequelize's query generator that make statements for a table and its indexes. */
interface TableGenerator {
  attributesToSQL(attributes: object, options: object): object
  createTableQuery(table: unknown, attributes: object, options: object): string
  addIndexQuery(table: unknown, options: object, rawTable: unknown): string
}

/** The table of a model in one instance, for the command line. */
export class SequelizeTableAccess implements TableAccess {
  readonly orm = 'sequelize'
  readonly registry: Sequelize
  readonly modelName: string
  readonly session: SessionTable
  readonly #model: ModelStatic<Model>
  readonly #table: SequelizeTable

  constructor(model: ModelStatic<Model>, session: SessionTable) {
    this.registry = instanceOf(model)
    this.modelName = model.name
    this.session = session
    this.#model = model
    this.#table = new SequelizeTable(model, session)
  }

  get text(): TableText {
    return this.#table
  }

  get place(): TableAccess['place'] {
    const name = this.#model.getTableName() as string | { tableName: string; schema: string }
    return typeof name === 'string'
      ? { table: name, schema: undefined }
      : { table: name.tableName, schema: name.schema }
  }

  kindOf(property: string): ValueKind {
    const { type } = this.#model.getAttributes()[property] ?? {}
    return kinds[(type as { key?: string } | undefined)?.key ?? ''] ?? 'text'
  }

  momentOf(_: string, value: unknown): Date {
    return toDate(value)
  }

  ask(sql: string, parameters: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    return this.#table.ask(new Attempt(), sql, [...parameters]) as Promise<Record<string, unknown>[]>
  }

  async createStatements(): Promise<string[]> {
    const generator = this.registry.getQueryInterface().queryGenerator as TableGenerator
    const table = this.#model.getTableName()
    const { options } = this.#model as unknown as { options: object & { indexes?: readonly object[] } }
    const attributes = (this.#model as unknown as { tableAttributes: object }).tableAttributes
    const { tableName: name } = this.#model
    const created = generator.createTableQuery(
      table,
      generator.attributesToSQL(attributes, { table, context: 'createTable', withoutForeignKeyConstraints: true }),
      { ...options },
    )
    const indexes = options.indexes ?? []
    return [created, ...indexes.map((index) => generator.addIndexQuery(table, { ...index }, name))]
  }
}
