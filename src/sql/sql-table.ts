import type { BackendFailure } from '../core/backend/session-backend.js'
import type { ColumnName } from '../model/known-columns.js'
import type { RowRecord } from '../model/session-table.js'
import type { SqlValues, Write } from './write.js'

/** The databases whose statements are written here; `other` for those that only the ORM's own statements are for. */
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
  /** The name that the value has in what a find returns, with its quotes. */
  readonly alias: string
  /**
   * The parameter for a value of the property, after the ORM's conversions; `undefined` where the ORM does more with
   * this value than hand it over. Then the row is written by {@link SqlTable.ormUpdate}.
   */
  parameter(value: unknown): unknown
  /** The SQL that sets the column to a parameter: `place` itself, or SQL around it. */
  written(place: string): string
}

/** Gives the place in a statement of a value that is for `column`. */
export type Bind = (column: SqlColumn, source: (write: Write) => unknown) => string

/** How ids become one parameter of a find. */
export interface IdParameter {
  /** SQL for the condition that `column` is one of the ids. */
  condition(column: string, place: string): string
  /** The parameter. */
  value(ids: readonly string[]): unknown
}

/**
 * What an ORM tells of a session table: its names, its values, the peculiarities of its updates, and how a statement is
 * run. Each ORM folder has one in its `sql-table.ts`.
 *
 * `Connection` is what the ORM runs a statement on.
 */
export interface SqlTable<Connection> {
  readonly database: Database
  /** The name with its quotes, and with its schema. */
  readonly name: string
  /** The column of a property. */
  column(property: string): SqlColumn
  /** The properties of all columns, and the names of these. */
  columnNames(): readonly ColumnName[]
  /** Conditions that each row must meet: that it is not marked as deleted, or is of the model's class. */
  conditions(bind: Bind): readonly string[]
  /** What each update sets besides, unless it writes the column itself. */
  readonly automatic: SqlValues
  /** The parameter that the column `expires` is compared with. */
  moment(date: Date): unknown
  /** Whether {@link place} tells which parameter it stands for: then one parameter can stand in several places. */
  readonly isNumbered: boolean
  /** The place of a parameter. The first is 1. */
  place(number: number): string
  /** For one id. */
  readonly id: IdParameter
  /** For several ids, of any number: one statement serves for all. */
  readonly ids: IdParameter

  /** Adapts what an update or a touch writes to the ORM, in place. Gives the SQL for columns that get no value. */
  complete(record: RowRecord, isTouch: boolean): SqlValues
  /** Whether updates must be the ORM's own now: for listeners, hooks and validators, which may be added at any time. */
  needsOrmUpdate(): boolean
  /** Whether the ORM does more with one of these columns than write it: it has a validator or a setter. */
  isGuarded(properties: readonly string[]): boolean
  /** The ORM's own guarded update. Tells whether the row was written. */
  ormUpdate(connection: Connection, write: Write): Promise<boolean>
  /** Whether several rows may be written in one statement now. */
  allowsBatches(): boolean

  /** Runs a find. */
  find(connection: Connection, sql: string, parameters: readonly unknown[]): Promise<readonly object[]>
  /** A row that {@link find} has returned, by property. */
  recordOf(found: object): RowRecord
  /** Runs an update of one row. Tells whether it was written. */
  update(connection: Connection, sql: string, parameters: unknown[]): Promise<boolean>
  /** Runs an update that returns rows. */
  updateReturning(connection: Connection, sql: string, parameters: unknown[]): Promise<readonly object[]>
  /** Asks the database about itself. */
  ask(connection: Connection, sql: string, parameters: unknown[]): Promise<readonly object[]>

  /** What an error of a call means. */
  failureOf(error: unknown): BackendFailure
  /** The driver's error in an error of the ORM, or that error itself. */
  driverErrorOf(error: unknown): unknown
}
