import { literal, type Model, type ModelStatic, QueryTypes, Utils, type WhereOptions } from 'sequelize'
import type { BackendFailure } from '../core/backend/session-backend.js'
import type { Attempt } from '../model/attempt.js'
import type { ColumnName } from '../model/known-columns.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import { idParameters } from '../sql/find-statement.js'
import type { Bind, Database, IdParameter, SqlColumn, SqlTable, SqlTransaction } from '../sql/sql-table.js'
import type { SqlValues, Write } from '../sql/write.js'
import { ColumnBinder } from './column-binder.js'
import { type Attribute, isMysql } from './column-types.js'
import { writtenValue } from './declared-columns.js'
import { failureOf } from './failures.js'
import { hookOptions, isolatedOptions } from './isolated-options.js'
import { lastUse } from './last-use.js'
import { areGuarded, needsOrmUpdate, prependsSearchPath, updateDate } from './listeners.js'
import { MomentTexts } from './moment-texts.js'
import { findsPlainRows } from './plain-rows.js'
import { generatorOf, instanceOf, type QueryGenerator } from './query-generator.js'
import { explainRefusal } from './refusal.js'
import { inTransaction } from './row-transaction.js'
import { type StatementOptions, statementOptions } from './statement-options.js'
import { expiryCondition, isOneOf, notSoftDeleted } from './where.js'

const nothing: SqlValues = {}

/** Sequelize replaces an array by its values. */
const idList: IdParameter = {
  condition: (column, place) => `${column} IN (${place})`,
  value: (ids) => [...ids],
  array: (place) => `ARRAY[${place}]`,
}

/** Describes a session table for the statements of `sql/`. Its connections are the calls of the backend. */
export class SequelizeTable implements SqlTable<Attempt> {
  readonly database: Database
  readonly name: string
  readonly automatic = nothing
  readonly isNumbered = true
  readonly prefersArrays = true
  readonly id: IdParameter
  readonly ids: IdParameter
  readonly #model: ModelStatic<Model>
  readonly #session: SessionTable
  readonly #generator: QueryGenerator
  readonly #findsByParameters: boolean
  /** Whether finds give plain objects. */
  readonly #isPlain: boolean
  readonly #updateDate: string | undefined
  readonly #columns = new Map<string, SqlColumn>()
  readonly #expiry: ColumnBinder
  readonly #momentTexts: MomentTexts

  constructor(model: ModelStatic<Model>, session: SessionTable) {
    this.#model = model
    this.#session = session
    this.#generator = generatorOf(model)
    this.#updateDate = updateDate(model)
    this.#expiry = new ColumnBinder(this.#generator, this.#attribute(session.expires))
    this.database = databaseOf(instanceOf(model).getDialect())
    this.name = this.#generator.quoteTable(model.getTableName())
    this.#findsByParameters = this.database === 'postgres' && !prependsSearchPath(model)
    this.id = this.#findsByParameters ? idParameters.equal : idList
    this.ids = this.#findsByParameters ? idParameters.any : idList
    this.#isPlain = findsPlainRows(model, session.properties)
    this.#momentTexts = new MomentTexts(model, session)
  }

  column(property: string): SqlColumn {
    let column = this.#columns.get(property)
    if (!column) {
      column = this.#describe(property)
      this.#columns.set(property, column)
    }
    return column
  }

  columnNames(): ColumnName[] {
    const attributes = Object.entries(this.#model.getAttributes())
    return attributes.map(([name, { field }]) => [name, field ?? name])
  }

  conditions(_: Bind): string[] {
    const notDeleted = notSoftDeleted(this.#model)
    return notDeleted ? [this.#generator.whereItemsQuery(notDeleted, {})] : []
  }

  moment(date: Date): unknown {
    return this.#expiry.bind(this.#session.moment(date))
  }

  place(number: number): string {
    return `$${number}`
  }

  /** Adapts the values of an update. As in Sequelize's own, the update date is set only if something else is. */
  complete(record: RowRecord): SqlValues {
    let isEmpty = true
    for (const name in record) {
      record[name] = writtenValue(this.#model, name, record[name])
      isEmpty = false
    }
    if (this.#updateDate !== undefined && !isEmpty) {
      record[this.#updateDate] = Utils.now(instanceOf(this.#model).getDialect())
    }
    return nothing
  }

  needsOrmUpdate(): boolean {
    return needsOrmUpdate(this.#model)
  }

  isGuarded(properties: readonly string[]): boolean {
    return areGuarded(this.#model, properties)
  }

  allowsBatches(): boolean {
    return !needsOrmUpdate(this.#model)
  }

  async ormUpdate(attempt: Attempt, { id, version, now, record, sql }: Write): Promise<boolean> {
    const session = this.#session
    const where = {
      ...isOneOf(this.#model, session.id, [id]),
      ...(session.version !== undefined && { [session.version]: version }),
      ...expiryCondition(session, false, now),
    } as WhereOptions
    const fixed = Object.entries(sql).map(([property, value]) => [property, literal(value)])
    const values = {
      ...session.forOrm(record),
      ...Object.fromEntries(fixed),
      ...lastUse(this, session.lastSeenAt, record, this.#model),
    }
    const options = hookOptions(this.#model, attempt, {}, { where })
    const [written] = await explainRefusal(() => this.#model.update(values, options as never))
    return written === 1
  }

  /**
   * On PostgreSQL a parameter. Elsewhere, and behind a search path, a name that Sequelize replaces by the value as a literal:
   * mysql2 would prepare a statement with parameters, and read dates differently, and PostgreSQL takes none for two commands.
   */
  findPlace(number: number): string {
    return this.#findsByParameters ? `$${number}` : `:p${number}`
  }

  find(attempt: Attempt, sql: string, parameters: readonly unknown[]): Promise<object[]> {
    const values = this.#findsByParameters ? { bind: parameters } : { replacements: namedValues(parameters) }
    const attributes = this.#isPlain ? undefined : { attributes: this.#session.properties }
    const options = { type: QueryTypes.SELECT, raw: this.#isPlain, ...values, ...attributes }
    return this.#query(attempt, sql, options) as Promise<object[]>
  }

  recordOf(found: object): RowRecord {
    return this.#momentTexts.read((this.#isPlain ? found : (found as Model).get()) as RowRecord)
  }

  async update(attempt: Attempt, sql: string, bind: unknown[]): Promise<boolean> {
    const options = { type: QueryTypes.BULKUPDATE, raw: false, bind }
    return (await explainRefusal(() => this.#query(attempt, sql, options))) === 1
  }

  updateReturning(attempt: Attempt, sql: string, bind: unknown[]): Promise<object[]> {
    // On SQLite, Sequelize returns rows only for a SELECT.
    const type = this.database === 'sqlite' ? QueryTypes.SELECT : QueryTypes.BULKUPDATE
    return this.#query(attempt, sql, { type, raw: true, returning: true, bind }) as Promise<object[]>
  }

  transaction<T>(attempt: Attempt, work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    return inTransaction(this.#model, attempt, work)
  }

  ask(attempt: Attempt, sql: string, parameters: unknown[]): Promise<object[]> {
    const bind = parameters.length > 0 ? parameters : undefined
    const options = { ...isolatedOptions(this.#model, attempt), type: QueryTypes.SELECT, raw: true, bind }
    return instanceOf(this.#model).query(sql, options as never) as unknown as Promise<object[]>
  }

  failureOf(error: unknown): BackendFailure {
    return failureOf(error)
  }

  driverErrorOf(error: unknown): unknown {
    return error instanceof Error && 'parent' in error ? error.parent : error
  }

  #query(attempt: Attempt, sql: string, options: StatementOptions): Promise<unknown> {
    return instanceOf(this.#model).query(sql, statementOptions(this.#model, attempt, options) as never)
  }

  #describe(property: string): SqlColumn {
    const attribute = this.#attribute(property)
    const name = attribute.field ?? property
    const quoted = this.#generator.quoteIdentifier(name)
    const binder = new ColumnBinder(this.#generator, attribute)
    const isJson = property === this.#session.json
    return {
      name,
      quoted,
      compared: quoted, // in backticks, on SQLite
      read: (isJson && this.database === 'postgres') || this.#momentTexts.has(property) ? `${quoted}::text` : quoted,
      alias: this.#generator.quoteIdentifier(property),
      parameter: (value) => (isJson ? value : binder.bind(value)),
      written: (place) => place,
    }
  }

  #attribute(property: string): Attribute {
    return this.#model.getAttributes()[property] as Attribute
  }
}

function namedValues(parameters: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(parameters.map((value, index) => [`p${index + 1}`, value]))
}

function databaseOf(dialect: string): Database {
  if (isMysql(dialect)) return 'mysql'
  return dialect === 'postgres' || dialect === 'sqlite' ? dialect : 'other'
}
