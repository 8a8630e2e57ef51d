import { type DataSource, IsNull, QueryFailedError, type QueryRunner } from 'typeorm'
import type { BackendFailure } from '../core/backend/session-backend.js'
import type { ColumnName } from '../model/known-columns.js'
import type { Constructor } from '../model/metadata.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { idParameters } from '../sql/find-statement.js'
import type { Bind, Database, IdParameter, SqlColumn, SqlTable } from '../sql/sql-table.js'
import type { SqlValues, Write } from '../sql/write.js'
import { isMysql } from './column-types.js'
import { failureOf } from './failures.js'
import { sqlValues } from './last-use.js'
import { hasUpdateListeners, hasWriteListeners } from './listeners.js'
import { inTransaction } from './row-transaction.js'
import { SelectedColumns } from './selected-columns.js'
import { isSqlite, jsonOf, parameterOf } from './sqlite-parameters.js'
import { hasTransactionGate } from './transactions.js'
import { expiryCondition, isOneOf } from './where.js'

type ColumnMetadata = ReturnType<DataSource['getMetadata']>['columns'][number]

const nothing: SqlValues = {}

/** Describes a session table in one data source for the statements of `sql/`. */
export class TypeOrmTable implements SqlTable<QueryRunner> {
  readonly database: Database
  readonly name: string
  readonly automatic: SqlValues
  readonly isNumbered: boolean
  readonly id: IdParameter
  readonly ids: IdParameter
  /** Whether the statements of `sql/` can be used. If not, only TypeORM's own can. */
  readonly isPlain: boolean
  readonly #dataSource: DataSource
  readonly #entity: Constructor
  readonly #session: SessionTable
  readonly #columns = new Map<string, SqlColumn>()
  readonly #selected: SelectedColumns
  readonly #unversioned: SqlValues
  readonly #parameterOf: (value: unknown) => unknown
  readonly transaction = inTransaction

  constructor(dataSource: DataSource, entity: Constructor, session: SessionTable) {
    const { columns, tablePath, versionColumn, updateDateColumn } = dataSource.getMetadata(entity)
    this.#dataSource = dataSource
    this.#entity = entity
    this.#session = session
    this.#parameterOf = parameterOf(dataSource)
    this.database = databaseOf(dataSource)
    this.isPlain = isPlain(dataSource, columns)
    this.isNumbered = this.database === 'postgres'
    this.name = tablePath
      .split('.')
      .map((part) => part && this.#quoted(part))
      .join('.')
    this.#selected = new SelectedColumns(dataSource, session, columns)
    this.automatic = {
      ...(versionColumn && { [versionColumn.propertyName]: `${this.#quoted(versionColumn.databaseName)} + 1` }),
      ...(updateDateColumn && { [updateDateColumn.propertyName]: 'CURRENT_TIMESTAMP' }),
    }
    // A touch must not count in a `@VersionColumn()`.
    this.#unversioned = versionColumn
      ? { [versionColumn.propertyName]: this.#quoted(versionColumn.databaseName) }
      : nothing
    this.id = this.#idParameter('equal')
    this.ids = this.#idParameter(this.isNumbered ? 'any' : this.database === 'mysql' ? 'list' : 'json')
  }

  column(property: string): SqlColumn {
    let column = this.#columns.get(property)
    if (!column) {
      column = this.#describe(this.#metadataOf(property))
      this.#columns.set(property, column)
    }
    return column
  }

  columnNames(): ColumnName[] {
    const { columns } = this.#dataSource.getMetadata(this.#entity)
    return columns.map(({ propertyName, databaseName }) => [propertyName, databaseName])
  }

  /** The conditions that TypeORM's builders add. */
  conditions(bind: Bind): string[] {
    const metadata = this.#dataSource.getMetadata(this.#entity)
    const { deleteDateColumn, discriminatorColumn, parentEntityMetadata, childEntityMetadatas } = metadata
    const conditions = deleteDateColumn ? [`${this.#describe(deleteDateColumn).compared} IS NULL`] : []
    if (!discriminatorColumn || !parentEntityMetadata) return conditions
    const column = this.#describe(discriminatorColumn)
    const classes = [...childEntityMetadatas.filter((child) => child.discriminatorColumn), metadata]
    const places = classes.map(({ discriminatorValue }) => bind(column, () => discriminatorValue))
    return [...conditions, `${column.compared} IN (${places.join(', ')})`]
  }

  moment(date: Date): unknown {
    return this.#parameterOf(this.#session.moment(date))
  }

  place(number: number): string {
    return this.isNumbered ? `$${number}` : '?'
  }

  /** Adapts the values of an update. A column that returns to a default which only the database knows gets its SQL. */
  complete(record: RowRecord, isTouch: boolean): SqlValues {
    if (isTouch) return this.#unversioned
    let sql = nothing
    for (const name in record) {
      if (record[name] !== undefined) continue
      delete record[name]
      const column = this.#dataSource.getMetadata(this.#entity).findColumnWithPropertyName(name)
      if (column) sql = { ...sql, [name]: this.#dataSource.driver.normalizeDefault(column) ?? 'NULL' }
    }
    return sql
  }

  needsOrmUpdate(): boolean {
    return !this.isPlain || hasUpdateListeners(this.#dataSource)
  }

  isGuarded(): boolean {
    return false
  }

  /** With a transaction gate only without write listeners: a batch serves many requests, so no write contains it. */
  allowsBatches(): boolean {
    if (this.needsOrmUpdate()) return false
    const isGated = this.database === 'sqlite' || hasTransactionGate(this.#dataSource)
    return !isGated || !hasWriteListeners(this.#dataSource, this.#entity)
  }

  async ormUpdate({ manager }: QueryRunner, { id, version, now, record, sql }: Write): Promise<boolean> {
    const [session, { deleteDateColumn }] = [this.#session, this.#dataSource.getMetadata(this.#entity)]
    const { values, parameters } = sqlValues(this, session.lastSeenAt, record, sql)
    const update = manager
      .createQueryBuilder()
      .update(this.#entity)
      .set({ ...session.forOrm(record), ...values })
      .setParameters(parameters)
    const where = {
      [session.id]: isOneOf(this.#dataSource, this.#entity, session.id, [id]),
      ...expiryCondition(session, false, now),
      ...(session.version !== undefined && { [session.version]: version ?? IsNull() }),
      ...(deleteDateColumn && { [deleteDateColumn.propertyName]: IsNull() }),
    }
    return (await update.where(where).updateEntity(false).execute()).affected === 1
  }

  find(runner: QueryRunner, sql: string, parameters: readonly unknown[]): Promise<object[]> {
    return runner.query(sql, parameters as unknown[])
  }

  recordOf(found: object): RowRecord {
    return this.#selected.recordOf(found as RowRecord)
  }

  async update(runner: QueryRunner, sql: string, parameters: unknown[]): Promise<boolean> {
    return (await runner.query(sql, parameters, true)).affected === 1
  }

  async updateReturning(runner: QueryRunner, sql: string, parameters: unknown[]): Promise<object[]> {
    const { records } = await runner.query(sql, parameters, true)
    return records
  }

  ask(runner: QueryRunner, sql: string, parameters: unknown[]): Promise<object[]> {
    return runner.query(sql, parameters)
  }

  failureOf(error: unknown): BackendFailure {
    return failureOf(error)
  }

  driverErrorOf(error: unknown): unknown {
    return error instanceof QueryFailedError ? error.driverError : error
  }

  #describe(metadata: ColumnMetadata): SqlColumn {
    const { driver } = this.#dataSource
    const quoted = this.#quoted(metadata.databaseName)
    const compared = this.database === 'sqlite' ? `${this.name}.${quoted}` : quoted
    const asJson = (sql: string, isWritten: boolean) => jsonOf(driver, sql, metadata, isWritten)
    const isJson = metadata.propertyName === this.#session.json
    return {
      name: metadata.databaseName,
      quoted,
      compared,
      read:
        (isJson && this.isNumbered) || this.#selected.isMomentText(metadata)
          ? `${compared}::text`
          : asJson(compared, false),
      alias: this.#selected.aliasOf(metadata) ?? quoted,
      parameter: (value) => (isJson ? value : this.#parameterOf(driver.preparePersistentValue(value, metadata))),
      written: (place) => asJson(place, true),
    }
  }

  #idParameter(kind: keyof typeof idParameters): IdParameter {
    const { condition, value } = idParameters[kind]
    const column = this.#metadataOf(this.#session.id)
    const { driver } = this.#dataSource
    return { condition, value: (ids) => value(ids.map((id) => driver.preparePersistentValue(id, column))) }
  }

  #metadataOf(property: string): ColumnMetadata {
    return this.#dataSource.getMetadata(this.#entity).findColumnWithPropertyName(property) as ColumnMetadata
  }

  #quoted(name: string): string {
    return this.#dataSource.driver.escape(name)
  }
}

function databaseOf(dataSource: DataSource): Database {
  const { type } = dataSource.options
  if (isSqlite(dataSource)) return 'sqlite'
  if (type === 'postgres') return type
  return isMysql(type) ? 'mysql' : 'other'
}

/** Whether the driver takes statements not built by TypeORM, and no column needs SQL around its value, as spatial ones do. */
function isPlain(dataSource: DataSource, columns: readonly ColumnMetadata[]): boolean {
  const { spatialTypes = [] } = dataSource.driver as { spatialTypes?: readonly unknown[] }
  const isServer = ['postgres', 'mysql', 'mariadb'].includes(dataSource.options.type)
  return (isServer || isSqlite(dataSource)) && !columns.some(({ type }) => spatialTypes.includes(type))
}
