import { literal, type Model, type ModelStatic, QueryTypes, type Sequelize, Utils, type WhereOptions } from 'sequelize'
import type { BackendFailure } from '../core/backend/session-backend.js'
import type { Attempt } from '../model/attempt.js'
import type { ColumnName } from '../model/known-columns.js'
import type { RowRecord, SessionTable } from '../model/session-table.js'
import type { Bind, Database, IdParameter, SqlColumn, SqlTable } from '../sql/sql-table.js'
import type { SqlValues, Write } from '../sql/write.js'
import { ColumnBinder } from './column-binder.js'
import { type Attribute, isMysql } from './column-types.js'
import { writtenValue } from './declared-columns.js'
import { failureOf } from './failures.js'
import { hookOptions, IsolatedOptions, isolatedOptions } from './isolated-options.js'
import { lastUse } from './last-use.js'
import { areGuarded, needsOrmUpdate, updateDate } from './listeners.js'
import { MomentTexts } from './moment-texts.js'
import { generatorOf, instanceOf, type QueryGenerator } from './query-generator.js'
import { explainRefusal } from './refusal.js'
import { expiryCondition, isOneOf, notSoftDeleted } from './where.js'

const nothing: SqlValues = {}

/** Sequelize replaces an array by its values. */
const idList: IdParameter = {
  condition: (column, place) => `${column} IN (${place})`,
  value: (ids) => [...ids],
  array: (place) => `ARRAY[${place}]`,
}

/** The options of a statement, as Sequelize gives them to its own. */
class StatementOptions extends IsolatedOptions {
  readonly model: ModelStatic<Model>
  readonly type: QueryTypes

  constructor(sequelize: Sequelize, attempt: Attempt, model: ModelStatic<Model>, type: QueryTypes) {
    super(sequelize, attempt)
    this.model = model
    this.type = type
  }
}

class FindOptions extends StatementOptions {
  readonly attributes: readonly string[]
  override readonly replacements: object

  constructor(
    sequelize: Sequelize,
    attempt: Attempt,
    model: ModelStatic<Model>,
    attributes: readonly string[],
    replacements: object,
  ) {
    super(sequelize, attempt, model, QueryTypes.SELECT)
    this.attributes = attributes
    this.replacements = replacements
  }
}

class UpdateOptions extends StatementOptions {
  override readonly bind: unknown[]

  constructor(sequelize: Sequelize, attempt: Attempt, model: ModelStatic<Model>, type: QueryTypes, bind: unknown[]) {
    super(sequelize, attempt, model, type)
    this.bind = bind
  }
}

class ReturningOptions extends UpdateOptions {
  readonly returning = true
  override readonly raw = true
}

/** Describes a session table for the statements of `sql/`. Its connections are the calls of the backend. */
export class SequelizeTable implements SqlTable<Attempt> {
  readonly database: Database
  readonly name: string
  readonly automatic = nothing
  readonly isNumbered = true
  readonly id = idList
  readonly ids = idList
  readonly #model: ModelStatic<Model>
  readonly #session: SessionTable
  readonly #generator: QueryGenerator
  readonly #properties: readonly string[]
  readonly #updateDate: string | undefined
  readonly #columns = new Map<string, SqlColumn>()
  readonly #expiry: ColumnBinder
  readonly #momentTexts: MomentTexts

  constructor(model: ModelStatic<Model>, session: SessionTable) {
    this.#model = model
    this.#session = session
    this.#generator = generatorOf(model)
    this.#properties = session.properties
    this.#updateDate = updateDate(model)
    this.#expiry = new ColumnBinder(this.#generator, this.#attribute(session.expires))
    this.database = databaseOf(instanceOf(model).getDialect())
    this.name = this.#generator.quoteTable(model.getTableName())
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
   * A name that Sequelize replaces by the value as a literal: with parameters mysql2 would prepare the statement, and read
   * dates differently.
   */
  findPlace(number: number): string {
    return `:p${number}`
  }

  find(attempt: Attempt, sql: string, parameters: readonly unknown[]): Promise<object[]> {
    const sequelize = instanceOf(this.#model)
    const values: Record<string, unknown> = {}
    for (let n = 0; n < parameters.length; n++) values[`p${n + 1}`] = parameters[n]
    const options = new FindOptions(sequelize, attempt, this.#model, this.#properties, values)
    return sequelize.query(sql, options as never) as unknown as Promise<object[]>
  }

  recordOf(found: object): RowRecord {
    return this.#momentTexts.read((found as Model).get() as RowRecord)
  }

  async update(attempt: Attempt, sql: string, bind: unknown[]): Promise<boolean> {
    const sequelize = instanceOf(this.#model)
    const options = new UpdateOptions(sequelize, attempt, this.#model, QueryTypes.BULKUPDATE, bind)
    const written: unknown = await explainRefusal(() => sequelize.query(sql, options as never))
    return written === 1
  }

  updateReturning(attempt: Attempt, sql: string, bind: unknown[]): Promise<object[]> {
    const sequelize = instanceOf(this.#model)
    // On SQLite, Sequelize returns rows only for a SELECT.
    const type = this.database === 'sqlite' ? QueryTypes.SELECT : QueryTypes.BULKUPDATE
    const options = new ReturningOptions(sequelize, attempt, this.#model, type, bind)
    return sequelize.query(sql, options as never) as unknown as Promise<object[]>
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

function databaseOf(dialect: string): Database {
  if (isMysql(dialect)) return 'mysql'
  return dialect === 'postgres' || dialect === 'sqlite' ? dialect : 'other'
}
