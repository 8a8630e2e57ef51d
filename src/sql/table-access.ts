import type { SessionTable } from '../model/session-table.js'
import type { SqlTable } from './sql-table.js'

/** The key of the method by which a backend gives its {@link TableAccess}. `Symbol.for`, so that two copies of this package agree. */
export const tableAccess: unique symbol = Symbol.for('koa-session-model.table-access') as never

/** The kinds of values that a custom column is compared with. */
export type ValueKind = 'text' | 'number' | 'bigint' | 'boolean' | 'date'

/** The members of {@link SqlTable} that need no connection. */
export type TableText = Pick<SqlTable<never>, 'database' | 'name' | 'column' | 'columnNames' | 'moment' | 'place'>

/**
 * The table behind a backend, for the command line of this package: it asks questions about all rows and about the database,
 * which sessions do not need.
 */
export interface TableAccess {
  readonly orm: 'typeorm' | 'sequelize'
  /** The DataSource, or the Sequelize instance. */
  readonly registry: object
  /** The name of the model's class. */
  readonly modelName: string
  /** The table as the core has it. */
  readonly session: SessionTable
  /** The table as statements name it. The registry must be initialized. */
  readonly text: TableText
  /** The name of the table without quotes, and its schema, if it has one. */
  readonly place: { readonly table: string; readonly schema: string | undefined }
  /** The kind of values that the column of this property is compared with. */
  kindOf(property: string): ValueKind
  /** The moment that a query has read from the column `expires` or `createdAt`. */
  momentOf(property: string, value: unknown): Date
  /** Runs one query on a connection of the pool, outside of transactions, on the primary. */
  ask(sql: string, parameters?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>
  /** The statements that create the table and its indexes in an empty database. Nothing is executed. */
  createStatements(): Promise<readonly string[]>
}

/** A backend that gives access to its table. */
export interface AccessibleBackend {
  [tableAccess](): TableAccess
}

/** The access to the table of a backend; `undefined` for a backend that is not one of the two ORMs. */
export function accessTo(backend: object): TableAccess | undefined {
  return tableAccess in backend ? (backend as AccessibleBackend)[tableAccess]() : undefined
}
