import type { BackendFailure } from '../core/backend/session-backend.js'
import type { ColumnName } from '../model/known-columns.js'
import type { RowRecord } from '../model/session-table.js'
import type { SqlValues, Write } from './write.js'

/** The databases whose statements `src/sql` writes; `other` for those that only get the ORM's own statements. */
export type Database = 'postgres' | 'mysql' | 'sqlite' | 'other'

/** A column, as statements name it and as the driver takes its values. */
export interface SqlColumn {
  /** The name in the database, without quotes. */
  readonly name: string
  /** The name with its quotes. */
  readonly quoted: string
  /**
   * SQL for the column in a condition. SQLite takes a name in double quotes that no column has for a text, unless the name of
   * the table stands before it.
   *
   * @see https://www.sqlite.org/quirks.html#double_quoted_string_literals_are_accepted
   */
  readonly compared: string
  /** SQL that reads the column. */
  readonly read: string
  /** The name of the value in the result of a find, with its quotes. */
  readonly alias: string
  /**
   * The parameter for a value of the property, after the ORM's conversions; `undefined` if the ORM does more with this
   * value than pass it on. Then {@link SqlTable.ormUpdate} writes the row.
   */
  parameter(value: unknown): unknown
  /** The SQL that sets the column to a parameter: `place` itself, or SQL around it. */
  written(place: string): string
}

/** Returns the SQL of the place in a statement where a value for `column` stands. */
export type Bind = (column: SqlColumn, source: (write: Write) => unknown) => string

/** The way in which ids become one parameter of a find. */
export interface IdParameter {
  /** SQL for the condition that `column` is one of the ids. */
  condition(column: string, place: string): string
  /** The parameter. */
  value(ids: readonly string[]): unknown
  /** SQL for an array of the ids, on PostgreSQL. Default: the place itself. */
  array?(place: string): string
}

/** Statements in one transaction. Their values stand as literals in the text, so that the server prepares nothing. */
export interface SqlTransaction {
  /** Runs a query. The place of each value is `?`. */
  select(sql: string, values: unknown[]): Promise<readonly object[]>
  /** Runs an update. */
  update(sql: string, values: unknown[]): Promise<unknown>
}

/**
 * A session table as one ORM describes it: its names, its values, the peculiarities of its updates, and how a statement is
 * run. Each ORM folder implements it in `sql-table.ts`.
 *
 * @typeParam Connection The object that the ORM runs a statement on.
 */
export interface SqlTable<Connection> {
  readonly database: Database
  /** The name with its quotes, and with its schema. */
  readonly name: string
  /** The column of a property. */
  column(property: string): SqlColumn
  /** All columns: the property and the name of each. */
  columnNames(): readonly ColumnName[]
  /** The conditions that each row must meet: it is not soft-deleted, or it is of the model's class. */
  conditions(bind: Bind): readonly string[]
  /** The SQL that each update also sets, unless it writes the column itself. */
  readonly automatic: SqlValues
  /** The parameter that the column `expires` is compared with. */
  moment(date: Date): unknown
  /** Whether parameters are numbered, so that one can stand in several places. */
  readonly isNumbered: boolean
  /** Whether a statement with few parameters is cheaper than one with many: Sequelize looks for each one in the text. */
  readonly prefersArrays?: boolean
  /** The SQL of the place of a parameter. The first number is 1. */
  place(number: number): string
  /** The parameter for one id. */
  readonly id: IdParameter
  /** The parameter for any number of ids, so that one statement serves for all. */
  readonly ids: IdParameter

  /** Adapts the values of an update or a touch to the ORM, in place. Returns the SQL for columns that get no value. */
  complete(record: RowRecord, isTouch: boolean): SqlValues
  /** Whether updates need the ORM's own update now, for listeners, hooks or validators. These may be added at any time. */
  needsOrmUpdate(): boolean
  /** Whether one of these columns has a validator or a setter, so that writing it needs the ORM's own update. */
  isGuarded(properties: readonly string[]): boolean
  /** Runs the ORM's own guarded update. Resolves to whether the row was written. */
  ormUpdate(connection: Connection, write: Write): Promise<boolean>
  /** Whether several rows may be written in one statement now. */
  allowsBatches(): boolean

  /** The SQL of the place of a parameter in a find, if that differs from {@link place}. */
  findPlace?(number: number): string
  /** Runs a find. */
  find(connection: Connection, sql: string, parameters: readonly unknown[]): Promise<readonly object[]>
  /** A row that {@link find} has returned, by property. */
  recordOf(found: object): RowRecord
  /** Runs an update of one row. Resolves to whether it was written. */
  update(connection: Connection, sql: string, parameters: unknown[]): Promise<boolean>
  /** Runs an update that returns rows. */
  updateReturning(connection: Connection, sql: string, parameters: unknown[]): Promise<readonly object[]>
  /** Runs `work` in a transaction, which is rolled back if `work` rejects. Used on MySQL and MariaDB. */
  transaction<T>(connection: Connection, work: (transaction: SqlTransaction) => Promise<T>): Promise<T>
  /** Runs a query about the database itself. */
  ask(connection: Connection, sql: string, parameters: unknown[]): Promise<readonly object[]>

  /** The meaning of an error that a call rejected with. */
  failureOf(error: unknown): BackendFailure
  /** The driver's error that an error of the ORM wraps, or the error itself. */
  driverErrorOf(error: unknown): unknown
}
